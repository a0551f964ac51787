import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'

// bash as it is without the package bash-completion, and a command of this name on the path
const dir = mkdtempSync(join(tmpdir(), 'mailbox-completion-'))
after(() => {
  rmSync(dir, { recursive: true })
})
const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const mailbox = join(dir, 'mailbox')
writeFileSync(mailbox, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`)
chmodSync(mailbox, 0o755)

interface Completed {
  readonly candidates: string[]
  readonly stderr: string
}

/** What bash offers for the last of the words, the script having been read `times`. */
async function complete(words: readonly string[], times = 1): Promise<Completed> {
  const script = `
    for i in $(seq ${times}); do source <(mailbox completion bash); done
    [[ $(complete -p mailbox) =~ -F\\ ([^ ]+) ]] || exit 9
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "\${BASH_REMATCH[1]}"
    [[ \${#COMPREPLY[@]} == 0 ]] || printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = await promisify(execFile)(
    'bash',
    ['--noprofile', '--norc', '-c', script, 'bash', ...words],
    { cwd: dir, env: { PATH: `${dir}:${process.env.PATH ?? ''}`, HOME: dir } }
  )
  return { candidates: stdout.split('\n').filter(line => line !== ''), stderr }
}

test('bash completes commands, commands of a group and options, and may read the script twice', async () => {
  assert.deepEqual(await complete(['mailbox', 'inv'], 2), { candidates: ['invite'], stderr: '' })
  const { candidates } = await complete(['mailbox', 'contacts', ''])
  assert.ok(candidates.includes('add') && candidates.includes('verify'), candidates.join(' '))
  assert.deepEqual((await complete(['mailbox', 'inbox', 'list', '--sta'])).candidates, ['--status'])
})

test('bash is offered nothing where a file may come, and runs nothing of what is being typed', async () => {
  const { candidates, stderr } = await complete(['mailbox', 'send', 'Bob', '$(touch ran)', '--file', ''])
  assert.deepEqual({ candidates, stderr }, { candidates: [], stderr: '' })
  await assert.rejects(promisify(execFile)('ls', [join(dir, 'ran')]))
})
