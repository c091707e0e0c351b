//! What runs: the container's name, its image and the credentials for the registry.

use super::planner::Planner;
use crate::notation::ImageRef;

pub fn decide(p: &mut Planner<'_>) {
    let (name, origin) =
        p.answer_or(p.service.container.clone(), "container", p.defaults.image.container.clone(), "image.container");
    p.decide("container.name", name, origin);
    decide_image(p);
}

fn decide_image(p: &mut Planner<'_>) {
    let moving = p.asked_words("image-pinned", "moving-tags").value;
    let image = p.service.image.parse::<ImageRef>().ok();
    let tag = image.as_ref().and_then(|image| image.tag.as_deref());
    let has_digest = image.as_ref().is_some_and(|image| image.digest.is_some());
    let moves = !has_digest && tag.is_none_or(|tag| moving.iter().any(|moving| moving == tag));
    if moves {
        let message = match tag {
            Some(tag) => format!("the tag `{tag}` moves: what runs would change without a commit"),
            None => "has neither a tag nor a digest".to_owned(),
        };
        p.refuse("image-pinned", "image", message, "give the tag of one build, such as :1.4.2");
    } else if !has_digest {
        let message = format!("has no digest, which tier {} asks for", p.service.tier().0);
        p.refuse("image-digest", "image", message, "add @sha256:… behind the tag, as the registry shows it");
    }
    let registries = p.asked_words("trusted-registry", "registries").value;
    if !registries.is_empty() && !registries.iter().any(|registry| p.service.image.starts_with(&format!("{registry}/"))) {
        let message = format!("comes from a registry that is not one of {}", registries.join(", "));
        p.refuse("trusted-registry", "image", message, "take the image from one of them");
    }
    p.decide("container.image_moves", moves, Planner::answered("image"));
    p.decide_as_asked("container.pull_policy", "pull-policy", if moves { "moving" } else { "pinned" });
}
