// Answers questions with Kubernetes' own functions: one JSON object a line in, one a line out.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	autoscaling "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/kubernetes/pkg/controller/deployment/util"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
	"k8s.io/kubernetes/pkg/util/parsers"
)

// most is the largest amount that is surely counted right.
const most = 9_000_000_000_000_000

type question struct {
	About    string                `json:"about"`
	Selector *metav1.LabelSelector `json:"selector"`
	Labels   labels.Set            `json:"labels"`
	Value    *intstr.IntOrString   `json:"value"`
	Other    *intstr.IntOrString   `json:"other"`
	Total    int32                 `json:"total"`
	Text     string                `json:"text"`
	Second   string                `json:"second"`
	Rate     int64                 `json:"rate"`
	PerPod   int64                 `json:"perPod"`
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var q question
			if err := json.Unmarshal(line, &q); err != nil {
				fmt.Fprintf(os.Stderr, "%v: %s", err, line)
				os.Exit(1)
			}
			// What cannot be answered is an answer too: null.
			answer, err := answerTo(q)
			if err != nil {
				answer = nil
			}
			text, err := json.Marshal(answer)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			out.Write(append(text, '\n'))
		}
		if err == io.EOF {
			return
		}
	}
}

func answerTo(q question) (any, error) {
	switch q.About {
	case "selector":
		selector, err := metav1.LabelSelectorAsSelector(q.Selector)
		if err != nil {
			return nil, err
		}
		return selector.Matches(q.Labels), nil
	case "scaled":
		up, err := intstr.GetScaledValueFromIntOrPercent(q.Value, int(q.Total), true)
		if err != nil {
			return nil, err
		}
		down, err := intstr.GetScaledValueFromIntOrPercent(q.Value, int(q.Total), false)
		return []int{up, down}, err
	case "rollout":
		surge, unavailable, err := util.ResolveFenceposts(q.Value, q.Other, q.Total)
		return []int32{surge, unavailable}, err
	case "budget":
		return evictable(q.Value, q.Other, q.Total)
	case "autoscaler":
		return desired(q.Rate, q.PerPod)
	case "quantities":
		a, err := resource.ParseQuantity(q.Text)
		if err != nil {
			return nil, err
		}
		b, err := resource.ParseQuantity(q.Second)
		if err != nil {
			return nil, err
		}
		// Beyond this, and below nothing, it overflows.
		if a.Sign() < 0 || a.CmpInt64(most) > 0 {
			return []any{a.Cmp(b), a.Sign(), nil}, nil
		}
		return []any{a.Cmp(b), a.Sign(), a.Value()}, nil
	case "image":
		_, tag, digest, err := parsers.ParseImageName(q.Text)
		return []string{tag, digest}, err
	}
	judges := map[string]func(string) []string{
		"dns-label":     validation.IsDNS1123Label,
		"dns-subdomain": validation.IsDNS1123Subdomain,
		"service-name":  validation.IsDNS1035Label,
		"port-name":     validation.IsValidPortName,
		"env-name":      validation.IsEnvVarName,
		"config-key":    validation.IsConfigMapKey,
		"label-key":     validation.IsQualifiedName,
		"label-value":   validation.IsValidLabelValue,
	}
	judge, known := judges[q.About]
	if !known {
		return nil, fmt.Errorf("no answer is known about %s", q.About)
	}
	return len(judge(q.Text)) == 0, nil
}

// evictable is how many of so many healthy Pods may go, by the steps of the disruption controller.
func evictable(most, least *intstr.IntOrString, healthy int32) (int, error) {
	if most == nil && least == nil || healthy == 0 {
		return 0, nil
	}
	desired := 0
	if most != nil {
		scaled, err := intstr.GetScaledValueFromIntOrPercent(most, int(healthy), true)
		if err != nil {
			return 0, err
		}
		desired = max(int(healthy)-scaled, 0)
	} else {
		scaled, err := intstr.GetScaledValueFromIntOrPercent(least, int(healthy), true)
		if err != nil {
			return 0, err
		}
		desired = scaled
	}
	return max(int(healthy)-desired, 0), nil
}

// The metrics of one service that takes `rate` in all.
type rate int64

func (r rate) GetExternalMetric(string, string, labels.Selector) ([]int64, time.Time, error) {
	return []int64{int64(r) * 1000}, time.Time{}, nil
}

func (rate) GetResourceMetric(context.Context, v1.ResourceName, string, labels.Selector, string) (metrics.PodMetricsInfo, time.Time, error) {
	return nil, time.Time{}, nil
}

func (rate) GetRawMetric(string, string, labels.Selector, labels.Selector) (metrics.PodMetricsInfo, time.Time, error) {
	return nil, time.Time{}, nil
}

func (rate) GetObjectMetric(string, string, *autoscaling.CrossVersionObjectReference, labels.Selector) (int64, time.Time, error) {
	return 0, time.Time{}, nil
}

// desired is how many Pods the autoscaler wants for a rate, where no Pod runs yet.
func desired(total, perPod int64) (int32, error) {
	calculator := podautoscaler.NewReplicaCalculator(rate(total), nil, 0, 0)
	count, _, _, err := calculator.GetExternalPerPodMetricReplicas(0, perPod*1000, "rate", podautoscaler.Tolerances{}, "", nil)
	return count, err
}
