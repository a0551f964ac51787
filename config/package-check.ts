/**
 * Packs the package and uses the tarball as a stranger would: publint, arethetypeswrong, installed into an empty
 * project, every subpath imported and type-checked, the client bundled for browsers, the demo run, the command on a Node that is new enough and on one
 * that is not.
 *
 *   npm run package-check
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const work = mkdtempSync(join(tmpdir(), 'package-check-'))
const project = join(work, 'project')
const bin = (name: string): string => join(root, 'node_modules/.bin', name)
/** The Node of this repository first, as in an npm script. */
const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}` }

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string
  version: string
  exports: Record<string, unknown>
}
const subpaths = Object.keys(manifest.exports)
  .filter(subpath => !subpath.endsWith('.json'))
  .map(subpath => manifest.name + subpath.slice(1))

const count = { passed: 0, failed: 0 }

function run(command: string, args: readonly string[], cwd = project): string {
  return execFileSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000
  })
}

function step(name: string, check: () => void): void {
  try {
    check()
    count.passed++
    console.log(`ok      ${name}`)
  } catch (error) {
    count.failed++
    const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string }
    console.log(`not ok  ${name}\n${message}\n${stdout ?? ''}${stderr ?? ''}`)
  }
}

function expect(condition: boolean, sentence: string): void {
  // not an error of the package: nobody outside this file meets it
  if (!condition) throw new TypeError(sentence)
}

/** A Node below the floor, where the machine has one: the system's, when npm brought a newer one. */
function olderNode(): string | undefined {
  const names = (process.env.PATH ?? '').split(delimiter).filter(folder => !folder.includes('node_modules'))
  for (const path of names.map(folder => join(folder, 'node')).filter(existsSync)) {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()
    if (Number(version.slice(1).split('.')[0]) < 24) return path
  }
  return undefined
}

function checkTarball(tarball: string): void {
  step('publint finds nothing', () => {
    run(bin('publint'), ['run', tarball, '--strict', '--pack', 'npm'], root)
  })
  step('arethetypeswrong finds nothing', () => {
    run(bin('attw'), [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'], root)
  })
  step('installs into an empty project', () => {
    mkdirSync(project)
    writeFileSync(
      join(project, 'package.json'),
      '{ "name": "empty", "version": "1.0.0", "private": true, "type": "module" }\n'
    )
    run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', tarball])
  })
}

function checkImports(): void {
  for (const subpath of subpaths) {
    step(`imports ${subpath}`, () => {
      const names = run('node', [
        '-e',
        `import('${subpath}').then(module => console.log(Object.keys(module).join(' ')))`
      ]).trim()
      expect(names !== '', `${subpath} exports nothing`)
    })
  }
  step('every subpath resolves with types', () => {
    const lines = subpaths.map(
      (subpath, index) => `import * as m${index} from '${subpath}'\nexport const n${index}: object = m${index}`
    )
    writeFileSync(join(project, 'use.ts'), `${lines.join('\n')}\n`)
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--types',
      'node',
      '--typeRoots',
      join(root, 'node_modules/@types')
    ]
    run(bin('tsc'), [...options, '--skipLibCheck', 'use.ts'])
  })
}

/** Everything that importing the client loads in Node; one line each. */
const loaded = `
const { registerHooks } = require('node:module')
registerHooks({ load(url, context, nextLoad) { console.log(url); return nextLoad(url, context) } })
import('${manifest.name}').then(() => console.log(process.report.getReport().sharedObjects.join('\\n')))`

function checkClient(): void {
  step('importing the client loads no relay, no daemon and nothing native', () => {
    const files = run('node', ['-e', loaded]).trim().split('\n')
    expect(
      files.some(file => file.endsWith('/dist/client/mailbox.js')),
      'the client was not loaded'
    )
    const stray = files.filter(file =>
      /\.node$|dist\/(relay|daemon|cli)\/|node_modules\/(classic|datastore)-level\//.test(file)
    )
    expect(stray.length === 0, `loads ${stray.join(' ')}`)
  })
  step('the client bundles for browsers, within its budget', () => {
    const report = run(
      'node',
      ['--disable-warning=ExperimentalWarning', join(root, 'config/browser.ts'), project],
      root
    )
    console.log(report.trimEnd().replace(/^/gm, '        '))
  })
}

function checkCommand(): void {
  step('npx mailbox --help', () => {
    const help = run('npx', ['--no-install', 'mailbox', '--help'])
    for (const command of ['relay', 'id', 'register', 'send', 'inbox', 'status', 'demo']) {
      expect(new RegExp(`\\b${command}\\b`).test(help), `--help does not name ${command}`)
    }
  })
  step('npx mailbox --version', () => {
    expect(run('npx', ['--no-install', 'mailbox', '--version']).trim() === manifest.version, 'another version')
  })
  step('npx mailbox demo', () => {
    run('npx', ['--no-install', 'mailbox', 'demo'])
  })
  const older = olderNode()
  if (older === undefined) return
  step('an older Node gets one sentence', () => {
    const sentence = refusalOf(older)
    expect(/^mailbox: needs Node [\d.]+ or newer, found [\d.]+\n$/.test(sentence), sentence)
  })
}

/** What the command writes to stderr on a Node below its floor. */
function refusalOf(node: string): string {
  try {
    execFileSync(node, [join(project, 'node_modules', manifest.name, 'dist/cli/mailbox.js'), '--help'], {
      encoding: 'utf8',
      stdio: 'pipe'
    })
  } catch (error) {
    return (error as { stderr: string }).stderr
  }
  return 'exit 0'
}

try {
  let tarball = ''
  step('npm pack', () => {
    const output = run('npm', ['pack', '--json', '--silent', '--pack-destination', work], root)
    // prepack writes before it
    const [packed] = JSON.parse(output.slice(output.search(/^\[/m))) as {
      filename: string
      files: { path: string }[]
    }[]
    tarball = join(work, packed?.filename ?? '')
    const stray = packed?.files
      .map(file => file.path)
      .filter(path => /(^|\/)(test|config|node_modules|\.ci)\//.test(path))
    expect(stray?.length === 0, `packs ${stray?.join(' ') ?? 'nothing'}`)
  })
  if (tarball !== '') {
    checkTarball(tarball)
    checkImports()
    checkClient()
    checkCommand()
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
console.log(`${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed === 0 ? 0 : 1
