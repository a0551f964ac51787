/** What the people of docker-compose.yml share: the command, the handover volume, one line per thing done. */
import { spawnSync } from 'node:child_process'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

const handover = '/handover'
/** Its presence says that the step is done: docker-compose.yml asks for it before it starts the next one. */
const gone = '/tmp/gone'

export interface Line {
  readonly type: string
}

/** What Alice says she left. */
export interface Left {
  readonly from: string
  readonly sha256: readonly string[]
}

export function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`)
}

/** Ends this step unless a check holds. */
export function check(holds: boolean, sentence: string): void {
  say(`${holds ? 'ok     ' : 'NOT OK '} ${sentence}`)
  if (!holds) process.exit(1)
}

export function handOver(name: string, text: string): void {
  writeFileSync(`${handover}/.${name}`, text)
  renameSync(`${handover}/.${name}`, `${handover}/${name}`)
}

export function handed(name: string): string {
  return readFileSync(`${handover}/${name}`, 'utf8')
}

/** Runs one mailbox command to its end and gives what it printed; ends this step when it fails. */
export function mailbox(...args: string[]): Line[] {
  const { status, stdout } = spawnSync('mailbox', [...args, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit']
  })
  check(
    status === 0,
    `mailbox ${args.map(arg => (arg.length > 24 ? `${arg.slice(0, 24)}…` : arg)).join(' ')}: exit ${status ?? 'by signal'}`
  )
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Line)
}

/** The same on the network, which the first relay opens. */
export function online(...args: string[]): Line[] {
  return mailbox(...args, '--bootstrap', handed('bootstrap').split('\n')[0] ?? '')
}

/** The line of a type; ends this step when there is none. */
export function only<T extends Line>(lines: readonly Line[], type: T['type']): T {
  const found = lines.find(line => line.type === type)
  if (found === undefined) {
    check(false, `printed no ${type}`)
    throw new TypeError(type)
  }
  return found as T
}

/** The address of this volume's identity, made at the first run. */
export function identity(): string {
  const shown = spawnSync('mailbox', ['id', 'show'], { encoding: 'utf8' })
  if (shown.status === 0) return shown.stdout.trim()
  return only<Line & { address: string }>(mailbox('id', 'new'), 'identity').address
}

/** Before the first line of a step: what an earlier run of this container left does not count. */
export function begin(): void {
  rmSync(gone, { force: true })
}

/** After the last line of a step: says so, and sleeps until compose ends the container. */
export function leave(sentence: string): void {
  say(sentence)
  writeFileSync(gone, '')
  // only a handle keeps Node from ending; the signal handler is what ends it
  const asleep = setInterval(() => undefined, 2 ** 31 - 1)
  process.once('SIGTERM', () => clearInterval(asleep))
}
