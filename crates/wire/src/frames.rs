//! The way from a body to the frame that carries it.

use crate::v1::{
    Acknowledge, Answers, Ask, Bye, Decline, GatewayFrame, Hello, HubFrame, Lanes, Offers, Reply,
    Submit, Welcome, gateway_frame, hub_frame,
};

macro_rules! frame {
    ($frame:ident, $module:ident: $($body:ident),+) => {
        $(impl From<$body> for $frame {
            fn from(body: $body) -> Self {
                Self { body: Some($module::Body::$body(body)) }
            }
        })+
    };
}

frame!(GatewayFrame, gateway_frame: Hello, Submit, Acknowledge, Decline, Ask, Bye);
frame!(HubFrame, hub_frame: Welcome, Answers, Offers, Lanes, Reply, Bye);
