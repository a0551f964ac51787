/** libp2p-mailbox/testing: a network of function calls, and what any store given to a relay must do. */
export { MemoryNetwork } from './network.ts'
export { relayStoreContract } from './store-contract.ts'
