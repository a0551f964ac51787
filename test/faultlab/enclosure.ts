/**
 * The lab in namespaces of its own: mounts, network and processes are seen by nobody else, and the kernel takes them
 * away when the lab ends, however it ends.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Names the directory that everything of an enclosed lab is in. */
const mark = 'MAILBOX_FAULTLAB_DIRECTORY'
const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
/** Loopback is down in a new network; names of network namespaces live in a directory that others see. */
const prepare = 'ip link set lo up && mkdir -p /run/netns && mount -t tmpfs none /run/netns && exec "$@"'

/** Whether mounts and networks made here are seen by nobody else. */
export const isEnclosed = process.env[mark] !== undefined

/** Where labs make their directories. */
export const directory = process.env[mark] ?? tmpdir()

/**
 * Runs this program again inside, and takes its exit code. False: it is inside, or cannot be put there; then faults that
 * need more than a process are skipped for their own reasons.
 */
export async function enclosed(): Promise<boolean> {
  if (isEnclosed) return false
  const inside = [...namespaces, 'sh', '-c', prepare, 'sh']
  if (spawnSync('unshare', [...inside, 'true'], { stdio: 'ignore' }).status !== 0) return false
  const all = mkdtempSync(join(tmpdir(), 'mailbox-faultlab-'))
  try {
    const child = spawn('unshare', [...inside, process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
      stdio: 'inherit',
      env: { ...process.env, [mark]: all }
    })
    // with it everything inside ends
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => child.kill('SIGKILL'))
    const [code] = (await once(child, 'exit')) as [number | null]
    process.exitCode = code ?? 1
    return true
  } finally {
    rmSync(all, { recursive: true, force: true })
  }
}
