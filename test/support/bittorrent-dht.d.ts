/** The package that webtorrent brings; it has no types of its own. */
declare module 'bittorrent-dht' {
  import type { DhtNode, DhtOptions } from 'webtorrent'

  export interface DhtClient extends DhtNode {
    listen(port: number, address: string, done: () => void): void
    address(): { readonly port: number }
    destroy(done?: () => void): void
  }

  export const Client: new (options: DhtOptions) => DhtClient
}
