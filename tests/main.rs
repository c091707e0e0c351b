#[test]
fn t() {
    let mut a = plimsoll::service::Answers::default();
    a.set("name=checkout").unwrap();
    a.set("image=reg:5000/shop/checkout:1.4.2").unwrap();
    a.set("ports.0.port=8080").unwrap();
    let l = plimsoll::service::load(&a);
    for f in l.faults {
        println!("{f}\n   hint: {}", f.hint.clone().unwrap_or_default());
    }
    let c = plimsoll::checklist::production()
        .unwrap_or_else(|f| panic!("{}", f.iter().map(|f| format!("{f}\n")).collect::<String>()));
    let (b, files) = plimsoll::blueprint::source::shipped("web-service").unwrap();
    let p = plimsoll::plan::make(&l.service, &c, &b.defaults)
        .unwrap_or_else(|f| panic!("{}", f.iter().map(|f| format!("{f}\n")).collect::<String>()));
    for d in &p.decisions {
        println!("{:35} {:40} {}", d.key, d.value.to_string(), d.origin);
    }
    for o in &p.outlook {
        println!("{}: {}", o.event, o.stays);
    }
    let r = plimsoll::blueprint::Renderer::new(b, files).unwrap();
    for m in r.render(&p).unwrap() {
        println!("=== {}\n{}", m.path, m.text);
    }
}
