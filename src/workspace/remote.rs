//! Addresses of repositories, without what lets one in.

/// An address without user, password and whatever else may be a key; nothing where it cannot be told what
/// in it is one.
///
/// The user `git` of an address for ssh stays: without it, the address leads nowhere.
pub(super) fn public_address(url: &str) -> Option<String> {
    if url.is_empty() || url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    // Tokens come in queries; nothing that git reads stands behind `?` or `#`.
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let public = match url.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            let port = host.rsplit_once(':').map(|(_, port)| port).filter(|_| !host.ends_with(']'));
            // A password with a slash ends what looks like the host.
            let is_host = port.is_none_or(|port| port.chars().all(|c| c.is_ascii_digit()));
            let is_plain = is_host && !scheme.contains('@') && !path.contains('@');
            is_plain.then(|| format!("{scheme}://{}{host}{path}", ssh_user(scheme, authority)))
        }
        None => match url.split_once('@') {
            Some((_, rest)) if rest.contains('@') => None,
            None | Some(("git", _)) => Some(url.to_owned()),
            Some((_, rest)) => Some(rest.to_owned()),
        },
    };
    public.filter(|public| !public.is_empty())
}

fn ssh_user(scheme: &str, authority: &str) -> &'static str {
    if scheme.ends_with("ssh") && authority.starts_with("git@") { "git@" } else { "" }
}

/// A text such as git prints, with stars in place of the user and password of each address in it.
pub(super) fn without_credentials(text: &str) -> String {
    text.split_inclusive(ends_word).map(starred).collect()
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || "'\"`<>".contains(c)
}

fn starred(word: &str) -> String {
    let Some((before, rest)) = word.split_once("://") else {
        let Some((user, rest)) = word.rsplit_once('@').filter(|(user, rest)| user.contains(':') && rest.contains(':')) else {
            return word.to_owned();
        };
        // As in `user:password@host:path`.
        let start = user.rfind(['(', '=', ',']).map_or(0, |at| at + 1);
        return format!("{}***@{rest}", &user[..start]);
    };
    let (address, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    let address = match address.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => address.to_owned(),
    };
    let end = &query[query.trim_end_matches(ends_word).len()..];
    let query = if query.contains('=') { format!("?***{end}") } else { query.to_owned() };
    format!("{before}://{address}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_credentials() {
        for (url, public) in [
            ("https://me:s3cret@git.example.com/a/b.git", "https://git.example.com/a/b.git"),
            ("https://s3cret@git.example.com/a/b.git", "https://git.example.com/a/b.git"),
            ("https://me:s3@cret@git.example.com:8443/a", "https://git.example.com:8443/a"),
            ("https://me:s3cret@git.example.com", "https://git.example.com"),
            ("https://git.example.com/a/b.git?private_token=s3cret", "https://git.example.com/a/b.git"),
            ("https://git.example.com/a/b.git#s3cret", "https://git.example.com/a/b.git"),
            ("ssh://git:s3cret@git.example.com:22/a", "ssh://git.example.com:22/a"),
            ("ssh://git@git.example.com:22/a", "ssh://git@git.example.com:22/a"),
            ("https://git.example.com:443/a", "https://git.example.com:443/a"),
            ("https://[::1]/a", "https://[::1]/a"),
            ("git@git.example.com:a/b.git", "git@git.example.com:a/b.git"),
            ("s3cret@git.example.com:a/b.git", "git.example.com:a/b.git"),
            ("me:s3cret@git.example.com:a/b.git", "git.example.com:a/b.git"),
            ("https:me:s3cret@git.example.com/a", "git.example.com/a"),
            ("git.example.com:a/b.git", "git.example.com:a/b.git"),
            ("../shop.git", "../shop.git"),
        ] {
            assert_eq!(public_address(url).as_deref(), Some(public), "{url}");
        }
    }

    #[test]
    fn an_address_that_may_hold_a_key_is_none() {
        for url in [
            "https://me:s3/cret@git.example.com/a",
            "https://s3/cret@git.example.com/a",
            "git@git.example.com:s3cret@a",
            "https://me:s3cret\\@git.example.com/a",
            "ext::sh -c s3cret",
            "https://git.example.com/a\n",
            "",
        ] {
            assert_eq!(public_address(url), None, "{url}");
        }
    }

    #[test]
    fn what_git_prints_loses_credentials() {
        for (text, clean) in [
            (
                "fatal: unable to access 'https://me:s3cret@git.example.com/a/': no",
                "fatal: unable to access 'https://***@git.example.com/a/': no",
            ),
            ("https://me:s3/cret@git.example.com", "https://***@git.example.com"),
            ("remote: https://git.example.com/a?token=s3cret x", "remote: https://git.example.com/a?*** x"),
            ("me:s3cret@git.example.com:a", "***@git.example.com:a"),
            ("git@git.example.com: Permission denied", "git@git.example.com: Permission denied"),
            ("see https://git.example.com/a#b\nnext", "see https://git.example.com/a#b\nnext"),
        ] {
            assert_eq!(without_credentials(text), clean);
        }
    }
}
