/**
 * Loaded before a program (`node --import`): ends the process by SIGKILL in the place of its n-th change to the file
 * system, CRASH_AT=n; what that would have been goes to stderr. What follows a change is what precedes the next one.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

type Change = (...args: unknown[]) => Promise<unknown>

const at = Number(process.env.CRASH_AT)
let changes = 0

/** The same call, counted. */
function counted(name: string, change: Change): Change {
  return async function (this: unknown, ...args) {
    if (++changes === at) {
      fs.writeSync(2, `killed before ${name}\n`)
      process.kill(process.pid, 'SIGKILL')
    }
    return await change.apply(this, args)
  }
}

function count(owner: object, names: readonly string[]): void {
  const methods = owner as { [name: string]: Change }
  for (const name of names) methods[name] = counted(name, methods[name] as Change)
}

const handle = await fs.promises.open(import.meta.filename)
count(Object.getPrototypeOf(handle) as object, ['writeFile', 'sync'])
await handle.close()
count(fs.promises, ['link', 'mkdir', 'rename', 'rm'])
syncBuiltinESMExports()
