/** What is measured: a system that takes messages and gives them back. The relay and the floor are two of them. */
export interface Work {
  readonly mailboxes: number
  /** One message for each deposit; message i goes to mailbox i % mailboxes. */
  readonly messages: number
}

export interface Sender {
  /** Resolves when message `i` is confirmed durable, with every proof of it checked. */
  deposit: (i: number) => Promise<void>
  close: () => Promise<void>
}

export interface Collector {
  /** Takes everything out of one mailbox and removes it there; resolves with the number of different messages. */
  drain: (mailbox: number) => Promise<number>
  close: () => Promise<void>
}

export interface System {
  /** Processes whose CPU, RSS and disk count as the system's. */
  readonly pids: readonly number[]
  readonly directories: readonly string[]
  /** Starts the processes on empty directories below `root`, and opens the mailboxes. */
  start: (root: string) => Promise<void>
  /** Ends the processes in order and starts them again on the same directories. */
  restart: () => Promise<void>
  stop: () => Promise<void>
  sender: (n: number) => Promise<Sender>
  collector: (n: number) => Promise<Collector>
}
