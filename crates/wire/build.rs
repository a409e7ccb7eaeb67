//! Turns the proto files into Rust, without an installed `protoc`.
//!
//! With feature `grpc` the client and the server come too; the types are the same either way.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let files =
        protox::compile(["nuncio/link/v1/link.proto", "nuncio/link/v1/files.proto"], ["proto"])?;
    let mut types = prost_build::Config::new();
    // Every `bytes` field shares the buffer of the frame that it came in: payloads are not copied.
    types.bytes(["."]);
    #[cfg(feature = "grpc")]
    tonic_prost_build::configure()
        .build_transport(false)
        .codec_path("crate::codec::FrameCodec")
        .compile_fds_with_config(files, types)?;
    #[cfg(not(feature = "grpc"))]
    types.compile_fds(files)?;
    Ok(())
}
