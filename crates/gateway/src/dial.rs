//! The link to the hub for programs that speak it without a store, such as load generators.
//!
//! It reads the files that a gateway reads and connects as a gateway connects. What is said on the
//! link is the business of crate `session`, and what is kept of it is the caller's.

use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;
use tonic::transport::Channel;
use trust::{NetworkKeys, NetworkName, SigningKey};
use wire::latest::link_client::LinkClient;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::Error;
use crate::keys::Keys;
use crate::link;

/// Who a gateway is to the hub.
#[derive(Clone)]
pub struct Credentials {
    /// The network.
    pub network: NetworkName,
    /// The terminal of the certificate.
    pub terminal: iso::Terminal,
    /// What signs messages and acknowledgements.
    pub signing: Arc<SigningKey>,
    /// The public keys of the network.
    pub keys: NetworkKeys,
    tls: Arc<ClientConfig>,
    hub: String,
    host: String,
}

impl Credentials {
    /// Reads a gateway's folder.
    ///
    /// # Errors
    ///
    /// The first file that is missing, malformed or another gateway's.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let config = Config::load(folder)?;
        let keys = Keys::load(&config, Clock::System.now())?;
        Ok(Self {
            network: config.network,
            terminal: config.terminal,
            signing: keys.signing.key(),
            keys: keys.network,
            tls: keys.tls,
            host: config.hub_host().to_owned(),
            hub: config.hub,
        })
    }

    /// Connects to the hub, over mutual TLS 1.3.
    ///
    /// # Errors
    ///
    /// Why there is no connection, in words.
    pub async fn connect(&self) -> Result<LinkClient<Channel>, String> {
        link::connect(&self.tls, &self.hub, &self.host).await
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Keys are not shown.
        f.debug_struct("Credentials").field("terminal", &self.terminal).finish_non_exhaustive()
    }
}
