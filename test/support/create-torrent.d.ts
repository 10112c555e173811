/** The part of the package `create-torrent` that is used here; it brings no types of its own. */
declare module 'create-torrent' {
  export interface CreateTorrentOptions {
    readonly name: string
    readonly pieceLength: number
    readonly announceList: readonly (readonly string[])[]
    readonly createdBy: string
    readonly creationDate: Date
  }

  export default function createTorrent(
    files: readonly Uint8Array[],
    options: CreateTorrentOptions,
    callback: (error: Error | null, torrent: Uint8Array) => void,
  ): void
}
