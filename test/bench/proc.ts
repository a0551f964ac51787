/** Child processes and what /proc says of them (Linux only). */
import { spawn, type ChildProcess } from 'node:child_process'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Clock ticks per second of /proc/PID/stat on every Linux that Node runs on. */
const ticksPerSecond = 100

/** Seconds of user and system time of all threads of the processes. */
export function cpuSeconds(pids: readonly number[]): number {
  let ticks = 0
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the name of the process, in brackets, may hold spaces
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks / ticksPerSecond
}

export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Seconds that all cores of the machine have been busy. */
export function machineCpuSeconds(): number {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? ''
  const [user = 0, nice = 0, system = 0, , , interrupt = 0, soft = 0, stolen = 0] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system + interrupt + soft + stolen) / ticksPerSecond
}

/** MiB resident now (`VmRSS`) or at most so far (`VmHWM`), summed. */
export function residentMiB(pids: readonly number[], field: 'VmRSS' | 'VmHWM'): number {
  let kib = 0
  for (const pid of pids) {
    const line = readFileSync(`/proc/${pid}/status`, 'utf8')
      .split('\n')
      .find(text => text.startsWith(`${field}:`))
    kib += Number.parseInt(line?.slice(field.length + 1) ?? '0', 10)
  }
  return kib / 1024
}

/** Bytes of disk the files below the directories occupy, as `du` counts them. */
export function diskBytes(directories: readonly string[]): number {
  let bytes = 0
  for (const directory of directories) {
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) bytes += lstatSync(join(entry.parentPath, entry.name)).blocks * 512
    }
  }
  return bytes
}

/** A child that says one line when it serves. */
export interface Served {
  readonly child: ChildProcess
  readonly pid: number
  readonly firstLine: string
}

/** Milliseconds a child has to start or to stop. */
const childDeadlineMs = 30_000

/** Starts `node file …args` and resolves with the first line it prints. Its stderr is ours. */
export async function serve(file: string, args: readonly string[], nodeArgs: readonly string[] = []): Promise<Served> {
  const child = spawn(process.execPath, [...nodeArgs, file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const end = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  const firstLine = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`${file} did not start within ${childDeadlineMs} ms`))
    }, childDeadlineMs)
    const settle = (act: () => void): void => {
      clearTimeout(timer)
      act()
    }
    child.once('error', error => {
      settle(() => {
        reject(error)
      })
    })
    child.once('exit', code => {
      settle(() => {
        reject(new Error(`${file} ended with ${code ?? 'a signal'} before it served`))
      })
    })
    createInterface({ input: child.stdout }).once('line', line => {
      settle(() => {
        resolve(line)
      })
    })
  })
  if (child.pid === undefined) throw new Error(`${file} has no process id`)
  return { child, pid: child.pid, firstLine }
}

/** SIGTERM, and SIGKILL when that takes too long. */
export async function end(served: Served): Promise<void> {
  const { child } = served
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>(resolve => {
    child.once('exit', () => {
      resolve()
    })
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), childDeadlineMs)
  child.kill('SIGTERM')
  await gone
  clearTimeout(timer)
}
