import SchemaBuilder from '@pothos/core'
import RelayPlugin, { decodeGlobalID, resolveNodes } from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import type { CommunityId } from '../domain/community-id.ts'
import { allow } from './access/allow.ts'
import { scopesOf, type RuleName } from './access/rules.ts'
import { showNode, type LoadNode } from './access/show-node.ts'
import { turnedAway } from './access/turned-away.ts'
import type { GraphqlContext } from './context.ts'
import { inputError } from './scalars/input-error.ts'
import { MAX_SIZE } from './scalars/page.ts'
import { scalarTypeOf } from './scalars/scalar-type.ts'
import { scalarCodecs, type ScalarCodec, type Scalars } from './scalars/scalars.ts'

/** The builder that all types of the schema are declared on. */
export const builder = new SchemaBuilder<{
  Context: GraphqlContext
  Scalars: Scalars
  /** What a rule is asked about: a community, or null for the node as a whole. */
  AuthScopes: Record<RuleName, CommunityId | null>
  DefaultFieldNullability: false
  DefaultEdgesNullability: false
  DefaultNodeNullability: false
}>({
  // What stands first asks first.
  plugins: [ScopeAuthPlugin, RelayPlugin],
  scopeAuth: {
    authScopes: scopesOf,
    // Subscribers are asked before anything is read for them; the stream asks again for each event.
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, context, info) => turnedAway(context, info),
  },
  defaultFieldNullability: false,
  relay: {
    decodeGlobalID: parseGlobalId,
    edgesFieldOptions: { description: 'The items of this page, in order.', nullable: false },
    nodeFieldOptions: { description: 'The item.', nullable: false },
    cursorFieldOptions: { description: 'Where the item stands: give it as `after` or `before`.' },
    pageInfoFieldOptions: { description: 'Whether there is more, and from where to go on.' },
    pageInfoTypeOptions: { description: 'Where a page begins and ends.' },
    hasNextPageFieldOptions: {
      description: 'Whether items follow. When paging backwards: whether `before` was given.',
    },
    hasPreviousPageFieldOptions: {
      description: 'Whether items come before. When paging forwards: whether `after` was given.',
    },
    startCursorFieldOptions: { description: 'The cursor of the first item.' },
    endCursorFieldOptions: { description: 'The cursor of the last item.' },
    firstArgOptions: { description: 'How many items at most, from the beginning on: 1 to 500, 50 if nothing is said.' },
    lastArgOptions: { description: 'How many items at most, from the end back: 1 to 500.' },
    afterArgOptions: { description: 'Only items behind this cursor.' },
    beforeArgOptions: { description: 'Only items before this cursor.' },
    idFieldOptions: { description: 'The global id, which `node` finds the object by.' },
    nodeTypeOptions: { description: 'An object that can be fetched again by its global id.' },
    nodeQueryOptions: {
      ...allow('READER'),
      description: 'The object with this global id; null if there is none, or none that the caller may read of.',
      args: { id: { description: 'The `id` of an object.' } },
      resolve: async (_root, { id }, context, info) => showNode(id, context, info, load),
    },
    nodesQueryOptions: {
      ...allow('READER'),
      description:
        'The objects with these global ids, in their order; null for each that there is none of, or that the caller may not read of.',
      args: { ids: { description: `The \`id\`s of objects, ${MAX_SIZE} at most.` } },
      resolve: (_root, { ids }, context, info) => {
        if (ids.length <= MAX_SIZE) return ids.map(async (id) => showNode(id, context, info, load))
        throw inputError('ids', `Argument "ids" must hold ${MAX_SIZE} ids at most, found ${ids.length}.`)
      },
    },
    defaultConnectionTypeOptions: { description: 'One page of a longer list.' },
    defaultEdgeTypeOptions: { description: 'An item of a list, and where it stands in it.' },
  },
})

/** Objects are found one by one: each has a rule of its own. */
const load: LoadNode = async (id, context, info) => (await resolveNodes(builder, context, info, [id]))[0]

function parseGlobalId(id: string): ReturnType<typeof decodeGlobalID> {
  try {
    return decodeGlobalID(id)
  } catch {
    throw inputError('id', `There is no object with the global id ${JSON.stringify(id.slice(0, 80))}.`)
  }
}

/** The types that the builder was made for, for helpers that take a field builder. */
export type SchemaTypes = typeof builder.$inferSchemaTypes

for (const [name, codec] of Object.entries(scalarCodecs)) declareScalar(name as keyof Scalars, codec)

function declareScalar<Value>(name: keyof Scalars, codec: ScalarCodec<Value>): void {
  builder.addScalarType(name, scalarTypeOf(name, codec))
}

builder.queryType({ description: 'What this node is, does and did.' })
builder.mutationType({
  description:
    'Wishes. Each answers with what was granted or with a named refusal; a refused wish changed nothing. A thrown error is a fault of the node.',
})
builder.subscriptionType({
  description: 'What happens, as it happens, over WebSocket (graphql-transport-ws) or server-sent events.',
})
