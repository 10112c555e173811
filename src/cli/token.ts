import { Option, type Command } from 'commander'
import type { AccessRole } from '../domain/access.ts'
import { isLive, parseTokenId } from '../domain/access-token.ts'
import { parseCommunityId, type CommunityId } from '../domain/community-id.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { systemClock } from '../app/system-clock.ts'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'
import { parseExpiry } from './parse-expiry.ts'

interface CreateFlags {
  readonly role: string
  readonly community: readonly string[]
  readonly expires: string
  readonly dataDir: string
}

interface ListFlags {
  readonly json: boolean
  readonly dataDir: string
}

const ROLES: Readonly<Record<string, AccessRole>> = {
  viewer: 'VIEWER',
  operator: 'OPERATOR',
  auditor: 'AUDITOR',
  admin: 'ADMIN',
}

/** Exit codes: 0 as wished; 1 the machine is broken; 2 the wish was wrong or refused. */
export function addTokenCommand(program: Command): void {
  const token = program.command('token').description('Makes, lists and revokes tokens, which let others use the API.')
  token
    .command('create')
    .description('Makes a token, and prints its secret: it is kept nowhere. Also while a node runs.')
    .addOption(new Option('--role <role>', 'what its holder may do').choices(Object.keys(ROLES)).makeOptionMandatory())
    .option('--community <id...>', 'for these communities alone (viewer and operator)', [])
    .option('--expires <when>', 'how long it is good: 15m, 12h, 90d, a time, or never', '90d')
    .addOption(createDataDirOption())
    .action(async (flags: CreateFlags) => {
      process.exitCode = await create(flags)
    })
  token
    .command('list')
    .description('Lists all tokens that were ever made, without their secrets, also while a node runs.')
    .option('--json', 'print them as JSON', false)
    .addOption(createDataDirOption())
    .action(async (flags: ListFlags) => {
      process.exitCode = await list(flags)
    })
  token
    .command('revoke')
    .description('Has a token be good for nothing from now on, and ends what its holder has open.')
    .argument('<id>', 'the id of the token: 16 hex digits')
    .addOption(createDataDirOption())
    .action(async (id: string, flags: { readonly dataDir: string }) => {
      process.exitCode = await revoke(id, flags.dataDir)
    })
}

async function create({ role: roleText, community, expires, dataDir: text }: CreateFlags): Promise<number> {
  const role = ROLES[roleText]
  if (role === undefined) return fail(`--role is "${roleText}", but must be one of ${Object.keys(ROLES).join(', ')}`)
  const communityIds = parseCommunities(community)
  if (!communityIds.ok) return fail(communityIds.error)
  const expiry = parseExpiry(expires, systemClock.now())
  if (!expiry.ok) return fail(`--expires is ${JSON.stringify(expires)}, but must be ${expiry.error}`)
  const dataDir = parseDataDir(text)
  if (!dataDir.ok) return fail(dataDir.error)
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { createTokenOf } = await import('../app/access/manage-tokens.ts')
  const input = { role, communityIds: communityIds.value, expiresAt: expiry.value }
  const made = await createTokenOf(dataDir.value, input, systemClock.now)
  if (!made.ok) return fail(made.error.message)
  const until = input.expiresAt === null ? 'until it is revoked' : `until ${timeOf(input.expiresAt)}`
  // The secret alone goes to where another program may take it from.
  console.error(`Token ${made.value.tokenId} (${roleText}), good ${until}. Keep its secret now: it is not shown again.`)
  console.log(made.value.secret)
  return 0
}

async function list({ json, dataDir: text }: ListFlags): Promise<number> {
  const dataDir = parseDataDir(text)
  if (!dataDir.ok) return fail(dataDir.error)
  const { listTokens } = await import('../app/access/manage-tokens.ts')
  const listed = await listTokens(dataDir.value)
  if (!listed.ok) return fail(listed.error.message)
  const now = systemClock.now()
  const rows = listed.value.map(({ position: _, createdAt, expiresAt, revokedAt, ...token }) => {
    const isGood = isLive({ isRevoked: revokedAt !== null, expiresAt }, now)
    const state = isGood ? 'active' : revokedAt === null ? 'expired' : 'revoked'
    const times = { createdAt: timeOf(createdAt), expiresAt: timeOf(expiresAt), revokedAt: timeOf(revokedAt) }
    return { ...token, state, ...times }
  })
  if (json) console.log(JSON.stringify(rows, null, 2))
  else if (rows.length === 0) console.log('There is no token: make one with seedbank token create')
  for (const { tokenId, role, state, expiresAt, communityIds } of json ? [] : rows) {
    const columns = [tokenId, role.toLowerCase().padEnd(8), state.padEnd(7), `until ${expiresAt ?? 'revoked'}`]
    console.log([...columns, communityIds?.join(', ') ?? 'all communities'].join('  '))
  }
  return 0
}

async function revoke(id: string, dataDirText: string): Promise<number> {
  const tokenId = parseTokenId(id)
  if (!tokenId.ok) return fail('That is no id of a token, which is 16 hex digits: see seedbank token list')
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return fail(dataDir.error)
  const { revokeTokenOf } = await import('../app/access/manage-tokens.ts')
  const revoked = await revokeTokenOf(dataDir.value, tokenId.value)
  if (!revoked.ok) return fail(revoked.error.message)
  console.log(`Token ${tokenId.value} is revoked`)
  return 0
}

function parseCommunities(texts: readonly string[]): Result<readonly CommunityId[] | null, string> {
  const ids: CommunityId[] = []
  for (const text of texts) {
    const parsed = parseCommunityId(text)
    if (!parsed.ok) return err(`--community is ${JSON.stringify(text)}, but must be 0x and 64 or 66 hex digits`)
    ids.push(parsed.value)
  }
  return ok(texts.length === 0 ? null : ids)
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString().replace('.000Z', 'Z')
}

function fail(message: string): number {
  console.error(message)
  return 2
}
