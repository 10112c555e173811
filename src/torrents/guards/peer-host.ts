/** The address of `address:port` or `[address]:port`, without brackets. */
export function hostOf(peer: string): string {
  return peer.slice(0, peer.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1')
}
