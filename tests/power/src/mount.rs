//! The disk as a mounted file system, by the kernel's FUSE protocol.
//!
//! Nothing is kept by the kernel: files are read and written directly, names are asked for each
//! time. So what a program reads after a cut is what the disk has.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fuser::{
    BackgroundSession, BsdFileFlags, Config, Errno, FileAttr, FileHandle, FileType, Filesystem,
    FopenFlags, Generation, INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr,
    ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs,
    ReplyWrite, Request, TimeOrNow, WriteFlags,
};

use crate::content::{Content, PAGE};
use crate::disk::{Disk, Kind, Node};
use crate::folder::Folder;

/// How long the kernel may believe what it was told: not at all.
const FRESH: Duration = Duration::ZERO;
/// How many requests are served at once, so that a slow sync does not hold up readers.
const THREADS: usize = 3;

/// A disk while it is mounted; it is taken away when this goes.
#[derive(Debug)]
pub struct Mounted {
    /// Nothing once it is being taken away.
    session: Option<BackgroundSession>,
}

/// Why a disk cannot be mounted.
#[derive(Debug)]
pub enum NotMounted {
    /// The kernel has no FUSE, or does not let this process use it.
    Refused(io::Error),
    /// Anything else.
    Failed(io::Error),
}

impl Disk {
    /// Shows the disk in a folder.
    ///
    /// # Errors
    ///
    /// [`NotMounted::Refused`] on a machine that does not allow it.
    pub fn mount(&self, folder: &Path) -> Result<Mounted, NotMounted> {
        // No device, no right to it, or no program that has the right.
        let refusals = [io::ErrorKind::NotFound, io::ErrorKind::PermissionDenied];
        let refused = |error: io::Error| {
            let no_device = error.raw_os_error() == Some(Errno::ENODEV.code());
            if no_device || refusals.contains(&error.kind()) {
                NotMounted::Refused(error)
            } else {
                NotMounted::Failed(error)
            }
        };
        std::fs::File::options().read(true).write(true).open("/dev/fuse").map_err(refused)?;
        let mut config = Config::default();
        config.mount_options = vec![
            MountOption::FSName("power".to_owned()),
            MountOption::NoAtime,
            MountOption::DefaultPermissions,
        ];
        config.n_threads = Some(THREADS);
        let session = fuser::spawn_mount(Shown(self.clone()), folder, &config).map_err(refused)?;
        Ok(Mounted { session: Some(session) })
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Whoever still has a file open gets errors; a test that ends has nobody who does.
        if let Some(session) = self.session.take() {
            let _ = session.umount_and_join();
        }
    }
}

/// What the kernel asks.
struct Shown(Disk);

impl Shown {
    fn attributes(&self, number: u64) -> Result<FileAttr, Errno> {
        self.0.with(number, |node| Ok(attributes(number, node)))
    }

    fn make(
        &self,
        (parent, name): (INodeNo, &OsStr),
        kind: Kind,
        mode: u32,
    ) -> Result<FileAttr, Errno> {
        let mode = permissions(mode);
        let number = self.0.make(parent.0, name, Node { kind, mode })?;
        self.attributes(number)
    }
}

fn permissions(mode: u32) -> u16 {
    u16::try_from(mode & 0o7777).expect("four octal digits are small")
}

fn attributes(number: u64, node: &Node) -> FileAttr {
    let (kind, size) = match &node.kind {
        Kind::File(content) => (FileType::RegularFile, content.length()),
        Kind::Folder(_) => (FileType::Directory, 0),
        Kind::Link(_) => (FileType::Symlink, 0),
        Kind::Socket => (FileType::Socket, 0),
    };
    let owner = std::fs::metadata("/proc/self").map_or(0, |it| {
        use std::os::unix::fs::MetadataExt as _;
        it.uid()
    });
    FileAttr {
        ino: INodeNo(number),
        size,
        blocks: size.div_ceil(512),
        atime: UNIX_EPOCH,
        mtime: UNIX_EPOCH,
        ctime: UNIX_EPOCH,
        crtime: UNIX_EPOCH,
        kind,
        perm: node.mode,
        nlink: 1,
        uid: owner,
        gid: 0,
        rdev: 0,
        blksize: u32::try_from(PAGE).expect("a page is small"),
        flags: 0,
    }
}

fn entry(reply: ReplyEntry, made: Result<FileAttr, Errno>) {
    match made {
        Ok(attributes) => reply.entry(&FRESH, &attributes, Generation(0)),
        Err(error) => reply.error(error),
    }
}

fn attribute(reply: ReplyAttr, found: Result<FileAttr, Errno>) {
    match found {
        Ok(attributes) => reply.attr(&FRESH, &attributes),
        Err(error) => reply.error(error),
    }
}

fn done(reply: ReplyEmpty, outcome: Result<(), Errno>) {
    match outcome {
        Ok(()) => reply.ok(),
        Err(error) => reply.error(error),
    }
}

impl Filesystem for Shown {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        entry(reply, self.0.find(parent.0, name).and_then(|number| self.attributes(number)));
    }

    fn getattr(&self, _: &Request, node: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        attribute(reply, self.attributes(node.0));
    }

    fn setattr(
        &self,
        _: &Request,
        number: INodeNo,
        mode: Option<u32>,
        _uid: Option<u32>,
        _gid: Option<u32>,
        size: Option<u64>,
        _atime: Option<TimeOrNow>,
        _mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        _handle: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _flags: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let changed = self.0.with(number.0, |node| {
            if let Some(size) = size {
                node.content()?.resize(size);
            }
            if let Some(mode) = mode {
                node.mode = permissions(mode);
            }
            Ok(attributes(number.0, node))
        });
        attribute(reply, changed);
    }

    fn readlink(&self, _: &Request, node: INodeNo, reply: ReplyData) {
        match self.0.with(node.0, |node| node.target().map(Path::to_owned)) {
            Ok(target) => reply.data(target.as_os_str().as_encoded_bytes()),
            Err(error) => reply.error(error),
        }
    }

    fn mknod(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _umask: u32,
        _device: u32,
        reply: ReplyEntry,
    ) {
        /// The bits of a mode that say what a node is, and two of their values.
        const KIND: u32 = 0o170_000;
        const SOCKET: u32 = 0o140_000;
        const FILE: u32 = 0o100_000;
        let kind = match mode & KIND {
            SOCKET => Kind::Socket,
            FILE => Kind::File(Content::default()),
            _ => return reply.error(Errno::EPERM),
        };
        entry(reply, self.make((parent, name), kind, mode));
    }

    fn mkdir(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _umask: u32,
        reply: ReplyEntry,
    ) {
        entry(reply, self.make((parent, name), Kind::Folder(Folder::default()), mode));
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        done(reply, self.0.remove(parent.0, name, false));
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        done(reply, self.0.remove(parent.0, name, true));
    }

    fn symlink(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        target: &Path,
        reply: ReplyEntry,
    ) {
        entry(reply, self.make((parent, name), Kind::Link(target.to_owned()), 0o777));
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        new_parent: INodeNo,
        new_name: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        if parent != new_parent || !flags.is_empty() {
            return reply.error(Errno::EXDEV);
        }
        done(reply, self.0.rename(parent.0, name, new_name));
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), FopenFlags::FOPEN_DIRECT_IO);
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _umask: u32,
        _flags: i32,
        reply: ReplyCreate,
    ) {
        match self.make((parent, name), Kind::File(Content::default()), mode) {
            Ok(attributes) => {
                let flags = FopenFlags::FOPEN_DIRECT_IO;
                reply.created(&FRESH, &attributes, Generation(0), FileHandle(0), flags);
            }
            Err(error) => reply.error(error),
        }
    }

    fn read(
        &self,
        _: &Request,
        node: INodeNo,
        _handle: FileHandle,
        offset: u64,
        size: u32,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let count = usize::try_from(size).unwrap_or(usize::MAX);
        match self.0.with(node.0, |node| Ok(node.content()?.read(offset, count))) {
            Ok(bytes) => reply.data(&bytes),
            Err(error) => reply.error(error),
        }
    }

    fn write(
        &self,
        _: &Request,
        node: INodeNo,
        _handle: FileHandle,
        offset: u64,
        data: &[u8],
        _write_flags: WriteFlags,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let written = self.0.with(node.0, |node| {
            node.content()?.write(offset, data);
            Ok(())
        });
        match written {
            Ok(()) => reply.written(u32::try_from(data.len()).expect("a request is small")),
            Err(error) => reply.error(error),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, node: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        done(reply, self.0.sync(node.0));
    }

    fn fsyncdir(&self, _: &Request, node: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        done(reply, self.0.sync(node.0));
    }

    fn readdir(
        &self,
        _: &Request,
        node: INodeNo,
        _handle: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let names = match self.0.list(node.0) {
            Ok(names) => names,
            Err(error) => return reply.error(error),
        };
        let skipped = usize::try_from(offset).unwrap_or(usize::MAX);
        for (place, (name, number)) in (1..).zip(&names).skip(skipped) {
            // A name may have gone since; its kind is only a hint.
            let kind = self.attributes(*number).map_or(FileType::RegularFile, |it| it.kind);
            if reply.add(INodeNo(*number), place, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        let page = u32::try_from(PAGE).expect("a page is small");
        reply.statfs(1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20, page, 255, page);
    }

    fn fallocate(
        &self,
        _: &Request,
        node: INodeNo,
        _handle: FileHandle,
        offset: u64,
        length: u64,
        mode: i32,
        reply: ReplyEmpty,
    ) {
        if mode != 0 {
            return reply.error(Errno::EOPNOTSUPP);
        }
        let grown = self.0.with(node.0, |node| {
            let content = node.content()?;
            let length = content.length().max(offset.saturating_add(length));
            content.resize(length);
            Ok(())
        });
        done(reply, grown);
    }
}
