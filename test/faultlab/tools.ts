/** What a fault needs of the machine: asked once, by trying. A fault whose needs are not met is skipped and says so. */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { isEnclosed } from './enclosure.ts'

const works = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0

/** Where distributions put it. */
const faketimeLibraries = '/usr/{lib,lib64,local/lib}/{,*/}faketime/libfaketime.so.1'

/** The library to preload, when it is installed. */
export function faketimeLibrary(): string | undefined {
  return globSync(faketimeLibraries).find(path => works('env', `LD_PRELOAD=${path}`, 'FAKETIME=+1h', 'true'))
}

const probes = {
  root: () => process.getuid?.() === 0,
  'mkfs.ext4': () => works('mkfs.ext4', '-V'),
  'fsck.ext4': () => works('fsck.ext4', '-V'),
  /** A loop device could be attached. */
  loop: () => works('losetup', '--find'),
  'python3 or perl': () => ioctlTool() !== undefined,
  strace: () => works('strace', '-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO', 'true'),
  /** Mounts, networks and processes of the lab's own: unshare, and the right to use it. */
  namespaces: () => isEnclosed,
  'ip netns': () => works('unshare', '--net', 'ip', 'link', 'add', 'type', 'veth'),
  nft: () => works('unshare', '--net', 'nft', 'list', 'tables'),
  libfaketime: () => faketimeLibrary() !== undefined
} as const

export type Tool = keyof typeof probes

// bounded by the tools
const known = new Map<Tool, boolean>()

export function missing(needs: readonly Tool[]): Tool[] {
  return needs.filter(tool => {
    const found = known.get(tool) ?? probes[tool]()
    known.set(tool, found)
    return !found
  })
}

type IoctlTool = (request: number, value: number, paths: readonly string[]) => [string, ...string[]]

/** A few lines of a scripting language that has ioctl, since Node has not. */
export function ioctlTool(): IoctlTool | undefined {
  const arguments_ = (request: number, value: number, paths: readonly string[]): string[] => [
    String(request),
    String(value),
    ...paths
  ]
  if (works('python3', '-c', 'import fcntl')) {
    const script = `
import fcntl, os, struct, sys
request, value = map(int, sys.argv[1:3])
for file in [os.open(path, os.O_RDONLY) for path in sys.argv[3:]]:
    fcntl.ioctl(file, request, struct.pack("I", value))
`
    return (...call) => ['python3', '-c', script, ...arguments_(...call)]
  }
  if (works('perl', '-e', '1')) {
    const script = `
my ($request, $value, @paths) = @ARGV;
my @files = map { open(my $file, "<", $_) or die $!; $file } @paths;
for my $file (@files) { my $packed = pack("I", $value); ioctl($file, $request, $packed) or die $! }
`
    return (...call) => ['perl', '-e', script, ...arguments_(...call)]
  }
  return undefined
}
