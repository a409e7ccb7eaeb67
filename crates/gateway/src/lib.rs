//! The shell of the gateway: outbox, inbox, REST.
