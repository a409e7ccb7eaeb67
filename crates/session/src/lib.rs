//! Both ends of the link between hub and gateway, without IO.
