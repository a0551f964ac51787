/** `libp2p-mailbox/daemon`: a relay as a process runs it, with its data directory, health and metrics. */
export type { RelayConfig } from './config.ts'
export { createLog } from './log.ts'
export type { LogInit } from './log.ts'
export type { MailboxNode, NodeInit } from './node.ts'
export { createNode } from './node.ts'
