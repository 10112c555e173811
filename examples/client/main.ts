import { followSignals } from './follow-signals.ts'
import { openWithUrql } from './with-urql.ts'

// node examples/client/main.ts http://127.0.0.1:4000 [cursor]
// Lists the communities of a node, then tells what happens there. SEEDBANK_TOKEN is shown to nodes that ask for a token.

const [url = 'http://127.0.0.1:4000', after = null] = process.argv.slice(2)
const node = { url, token: process.env['SEEDBANK_TOKEN'] ?? null }

try {
  await listCommunities()
  await tellSignals()
} catch (fault) {
  console.error(fault instanceof Error ? fault.message : fault)
  process.exitCode = 1
}

async function listCommunities(): Promise<void> {
  const urql = openWithUrql(node)
  for (const { communityId, magnetlink } of await urql.readCommunities()) {
    console.log(`${communityId} ${magnetlink?.magnetUri ?? 'has no archive yet'}`)
  }
  await urql.close()
}

async function tellSignals(): Promise<void> {
  for await (const { cursor, occurredAt, __typename, communityId } of followSignals(node, after)) {
    console.log(`${occurredAt} ${__typename} ${communityId ?? 'the node'} (go on from here: ${cursor})`)
  }
}
