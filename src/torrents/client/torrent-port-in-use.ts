/** The torrent client's port belongs to somebody else. */
export class TorrentPortInUse extends Error {
  override readonly name = 'TorrentPortInUse'
  readonly port: number

  constructor(port: number) {
    super(`Cannot start the torrent client: port ${port} is in use`)
    this.port = port
  }
}
