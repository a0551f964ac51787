/** The search for a stamp in a browser: in slices, since a page may load no worker that its bundler does not know of. */
export { solveInSlices as solve } from './slices.ts'
