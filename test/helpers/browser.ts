/** Bundles a scenario with the client as a browser would get it, from src, and runs it where nothing of Node is. */
import assert from 'node:assert/strict'
import { dirname, join, relative } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Plugin } from 'esbuild'
import { bundle, type Bundle } from '../../config/browser.ts'
import type { Word } from './browser-realm.ts'
import { root, twins } from './twins.ts'

/** What a bundler does with the packed package, done with src: the package by its name, and its `browser` field. */
const source: Plugin = {
  name: 'source',
  setup(build) {
    build.onResolve({ filter: /^libp2p-mailbox$/ }, () => ({ path: join(root, 'src/index.ts') }))
    build.onResolve({ filter: /^\.{1,2}\// }, ({ path, importer }) => {
      const web = twins.get(relative(root, join(dirname(importer), path)))
      return web === undefined ? undefined : { path: join(root, web) }
    })
  }
}

export async function bundleOf(file: string): Promise<Bundle> {
  return await bundle({ entry: { file: join(root, file) }, from: root, global: 'bundled', plugins: [source] })
}

/** Runs the scenario of a bundle; `heard` is called with each thing it tells. @returns its result */
export async function runInBrowser(
  { code }: Bundle,
  input: unknown,
  heard: (word: unknown) => Promise<void>
): Promise<unknown> {
  const worker = new Worker(join(import.meta.dirname, 'browser-realm.ts'), { workerData: { code, input } })
  const done = Promise.withResolvers<unknown>()
  worker.on('error', done.reject)
  worker.on('exit', () => {
    done.reject(new assert.AssertionError({ message: 'the thread ended before its scenario did' }))
  })
  worker.on('message', (word: Word) => {
    if (word.type === 'done') done.resolve(word.result)
    else if (word.type === 'failed') done.reject(new assert.AssertionError({ message: word.error }))
    else heard(word.word).catch(done.reject)
  })
  try {
    return await done.promise
  } finally {
    await worker.terminate()
  }
}
