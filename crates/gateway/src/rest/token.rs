//! The token that a back office shows (RFC 6750), compared in constant time.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::HeaderValue;
use trust::Digest;

/// The secret of a gateway and its back offices.
#[derive(Clone)]
pub(crate) struct Token {
    /// Of equal length for each token, so that a comparison tells nothing about it.
    digest: Digest,
}

impl Token {
    /// The least length, in characters.
    pub(crate) const LENGTH_MIN: usize = 16;

    /// The token of a text, if it is long enough and fit to stand in a header.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let good = text.len() >= Self::LENGTH_MIN && text.bytes().all(|b| b.is_ascii_graphic());
        good.then(|| Self { digest: Digest::of(text.as_bytes()) })
    }

    /// Checks the header `Authorization`.
    ///
    /// # Errors
    ///
    /// What was found instead of the token.
    pub(crate) fn check(&self, header: Option<&HeaderValue>) -> Result<(), &'static str> {
        let header = header.ok_or("no such header")?;
        let text = header.to_str().map_err(|_| "something that is no text")?;
        // The scheme is written in any case (RFC 9110, 11.1).
        let (scheme, token) = text.split_once(' ').ok_or("another form")?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err("another scheme");
        }
        let digest = Digest::of(token.trim().as_bytes());
        verify_slices_are_equal(digest.as_bytes(), self.digest.as_bytes())
            .map_err(|_| "another token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_itself_is_taken() {
        let token = Token::of("0123456789abcdef\n").unwrap();
        let check = |text: &str| token.check(Some(&HeaderValue::from_str(text).unwrap()));
        assert_eq!(check("Bearer 0123456789abcdef"), Ok(()));
        assert_eq!(check("bearer 0123456789abcdef"), Ok(()));
        assert_eq!(check("Bearer 0123456789abcdeF"), Err("another token"));
        assert_eq!(check("Bearer 0123456789abcdef0"), Err("another token"));
        assert_eq!(check("Basic 0123456789abcdef"), Err("another scheme"));
        assert_eq!(check("0123456789abcdef"), Err("another form"));
        assert_eq!(token.check(None), Err("no such header"));
    }

    #[test]
    fn a_short_token_is_none() {
        assert!(Token::of("0123456789abcde").is_none());
        assert!(Token::of("0123456789 abcdef").is_none());
    }
}
