//! Working copies, which are edited in place: the checklist by group, blueprints, and the parts they share.

use super::{Content, Files, Kind, Status, Version, is_head};

/// The working copies below a folder, each with the version that it will be.
///
/// # Errors
/// What is not in order, by file and line.
pub fn copies(files: &Files) -> Result<Vec<Version>, String> {
    let mains = files.keys().filter_map(|path| {
        let (folder, file) = path.split_once('/')?;
        let kind = [Kind::Checklist, Kind::Blueprint].into_iter().find(|kind| kind.main_file() == file)?;
        Some((kind, folder, path))
    });
    mains.map(|(kind, folder, path)| copy(files, kind, folder, path)).collect()
}

fn copy(files: &Files, kind: Kind, folder: &str, path: &str) -> Result<Version, String> {
    let text = &files[path];
    let name = text.lines().find_map(|line| line.strip_prefix("name: ")).ok_or_else(|| format!("{path}: has no `name`"))?;
    let behind_name: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("name: ")).skip(1).collect();
    let head: Vec<&str> = behind_name.into_iter().take_while(|line| is_head(line)).collect();
    if !head.first().is_some_and(|line| line.starts_with("version: "))
        || text.lines().filter(|line| is_head(line)).count() != head.len()
    {
        return Err(format!("{path}: `version`, and `blueprints` of a checklist, stand in one line each right behind `name`"));
    }
    let main = Content {
        name: kind.main_file().to_owned(),
        text: text.split_inclusive('\n').filter(|line| !is_head(line)).collect(),
        place: (path.to_owned(), 1),
    };
    let others = match kind {
        Kind::Checklist => items(files, folder, &main)?,
        Kind::Blueprint => templates(files, folder, &main)?,
    };
    let head = head.into_iter().map(|line| format!("{line}\n")).collect();
    let contents = std::iter::once(main).chain(others).collect();
    Ok(Version { kind, name: name.trim().to_owned(), head, status: Status::Working, contents })
}

/// The items, a file for each group, in the order of the checklist's groups.
fn items(files: &Files, folder: &str, main: &Content) -> Result<Vec<Content>, String> {
    let in_groups = main.text.lines().skip_while(|line| *line != "groups:").skip(1);
    let ids = in_groups.take_while(|line| line.starts_with(' ')).filter_map(|line| line.split("id: ").nth(1));
    let groups: Vec<&str> = ids.filter_map(|rest| rest.split([',', ' ']).next()).collect();
    let mut items = Vec::new();
    for group in &groups {
        let path = format!("{folder}/{group}.yaml");
        let text = files.get(&path).ok_or_else(|| format!("{} names the group {group}, and {path} is missing", main.place.0))?;
        items.extend(of_group(group, &path, text)?);
    }
    let known = |path: &str| groups.iter().any(|group| path == format!("{folder}/{group}.yaml")) || path == main.place.0;
    match files.keys().find(|path| path.starts_with(&format!("{folder}/")) && !known(path)) {
        Some(path) => Err(format!("{path} is no group of {}, whose groups are {}", main.place.0, groups.join(", "))),
        None => Ok(items),
    }
}

/// The items of a group: each begins with `- id:` and `group:`, and comments before it are its own.
fn of_group(group: &str, path: &str, text: &str) -> Result<Vec<Content>, String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut items: Vec<Content> = Vec::new();
    let mut comments = 0;
    for (index, line) in lines.iter().enumerate() {
        if line.starts_with('#') {
            comments += 1;
            continue;
        }
        if let Some(id) = line.strip_prefix("- id: ") {
            if lines.get(index + 1) != Some(&format!("  group: {group}").as_str()) {
                return Err(format!("{path}:{}: the line behind `id` is no `group: {group}`", index + 2));
            }
            let text = lines[index - comments..index].iter().map(|line| format!("{line}\n")).collect();
            items.push(Content { name: format!("{id}.yaml"), text, place: (path.to_owned(), index - comments + 1) });
        } else if !(line.is_empty() || line.starts_with("  ")) {
            return Err(format!("{path}:{}: begins neither with `- id:` nor with two spaces", index + 1));
        }
        match items.last_mut() {
            Some(item) => item.text.push_str(&format!("{line}\n")),
            None if line.is_empty() => {}
            None => return Err(format!("{path}:{}: an item begins with `- id:`", index + 1)),
        }
        comments = 0;
    }
    for item in &mut items {
        item.text.truncate(item.text.trim_end().len());
        item.text.push('\n');
    }
    Ok(items)
}

/// The templates of a blueprint, and the parts that they name.
fn templates(files: &Files, folder: &str, main: &Content) -> Result<Vec<Content>, String> {
    let below = |folder: &str| -> Vec<Content> {
        let inside = files.iter().filter_map(|(path, text)| {
            let name = path.strip_prefix(&format!("{folder}/"))?;
            Some(Content { name: name.to_owned(), text: text.clone(), place: (path.clone(), 1) })
        });
        inside.filter(|content| content.name != main.name).collect()
    };
    let (mut found, mut parts) = (below(folder), below("parts"));
    if let Some(part) = parts.iter().find(|part| found.iter().any(|own| own.name == part.name)) {
        return Err(format!("{} and {folder}/{} have one name", part.place.0, part.name));
    }
    let mut looked_at = 0;
    let mut texts = vec![main.text.clone()];
    texts.extend(found.iter().map(|content| content.text.clone()));
    while let Some(text) = texts.get(looked_at).cloned() {
        let (named, rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| names(&text, &part.name));
        texts.extend(named.iter().map(|part| part.text.clone()));
        found.extend(named);
        parts = rest;
        looked_at += 1;
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// Whether a text has the name of a file as a word.
fn names(text: &str, file: &str) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || "-_./@".contains(c);
    text.match_indices(file).any(|(at, _)| !text[..at].ends_with(is_of_name) && !text[at + file.len()..].starts_with(is_of_name))
}
