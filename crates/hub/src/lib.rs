//! The shell of the hub: ingress, check, commit, apply, egress.
