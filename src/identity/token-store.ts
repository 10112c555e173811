import { hash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseBearerToken, type BearerToken } from '../domain/bearer-token.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { FollowUrl } from '../domain/follow-url.ts'
import { removeHalfWritten, removeSecret, writeSecret } from './secret-file.ts'

/** The tokens that this node shows to nodes that it follows: one file each, readable by its owner alone, in no log. */
export interface TokenStore {
  /** Keeps the token, in the place of the one before. Durable when it resolves. */
  put(communityId: CommunityId, url: FollowUrl, token: BearerToken): Promise<void>
  /**
   * @returns Null where none is kept.
   * @throws When the file cannot be read, or holds no token.
   */
  get(communityId: CommunityId, url: FollowUrl): Promise<BearerToken | null>
  /** Forgets the token, for good; nothing happens where there is none. */
  remove(communityId: CommunityId, url: FollowUrl): Promise<void>
  /** The same for all tokens of a community. */
  removeAll(communityId: CommunityId): Promise<void>
  /** The same for all tokens but those of these follows: a crash came between a follow and its token. */
  keepOnly(follows: readonly TokenOwner[]): Promise<void>
}

/** Whose a token is. */
export interface TokenOwner {
  readonly communityId: CommunityId
  readonly url: FollowUrl
}

const NAME = /^0x[0-9a-f]{64,66}\.[0-9a-f]{64}$/

/** Opens the tokens in a directory; makes it on first use. */
export async function openTokenStore(directory: string): Promise<TokenStore> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await removeHalfWritten(directory, (name) => NAME.test(name))
  let last: Promise<unknown> = Promise.resolve()

  /** One write after the other, as two of one token would be in each other's way. What fails is told to its caller. */
  async function inOrder(write: () => Promise<void>): Promise<void> {
    const written = last.then(write)
    last = Promise.allSettled([written])
    return written
  }

  async function removeWhere(isForgotten: (name: string) => boolean): Promise<void> {
    const names = (await readdir(directory)).filter((name) => NAME.test(name) && isForgotten(name))
    for (const name of names) await removeSecret(directory, name)
  }

  return {
    put: async (communityId, url, token) =>
      inOrder(async () => writeSecret(directory, nameOf(communityId, url), token, 'ANY')),
    get: async (communityId, url) => readToken(join(directory, nameOf(communityId, url))),
    remove: async (communityId, url) => inOrder(async () => removeSecret(directory, nameOf(communityId, url))),
    removeAll: async (communityId) => inOrder(async () => removeWhere((name) => name.startsWith(`${communityId}.`))),
    async keepOnly(follows) {
      const kept = new Set(follows.map(({ communityId, url }) => nameOf(communityId, url)))
      await inOrder(async () => removeWhere((name) => !kept.has(name)))
    },
  }
}

/** A URL can be longer than a file's name, and has signs that none can have. */
function nameOf(communityId: CommunityId, url: FollowUrl): string {
  return `${communityId}.${hash('sha256', url)}`
}

async function readToken(path: string): Promise<BearerToken | null> {
  try {
    const token = parseBearerToken(await readFile(path, 'utf8'))
    if (!token.ok) throw new Error('what it holds is no token')
    return token.value
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw new Error(`Cannot read the token ${path}`, { cause })
  }
}
