import {
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLInputType,
} from 'graphql'

const samples: Readonly<Record<string, unknown>> = {
  Boolean: true,
  ByteCount: 1,
  Clock: '1',
  CommunityId: `0x${'07'.repeat(32)}`,
  ContentTopic: '0x0a0b0c0d',
  Float: 1,
  FollowUrl: 'wss://node.example/graphql',
  Hex: '00',
  ID: Buffer.from('RecordedEvent:1').toString('base64'),
  Position: '1',
  RunId: '01890000-0000-7000-8000-000000000001',
  String: 'x',
  TokenId: '0123456789abcdef',
  WebhookId: '01890000-0000-7000-8000-000000000002',
}

/** An operation that asks for one field, with arguments of the right types. */
export interface SampleOperation {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** @param given Arguments that matter; of the others those that have to be there are made up. */
export function sampleOperation(
  kind: 'query' | 'mutation' | 'subscription',
  { name, args }: GraphQLField<unknown, unknown>,
  given: Readonly<Record<string, unknown>>,
): SampleOperation {
  const sent = args.filter((arg) => arg.name in given || isRequiredArgument(arg))
  const declared = sent.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ')
  const passed = sent.map((arg) => `${arg.name}: $${arg.name}`).join(', ')
  const [head, call] = sent.length === 0 ? ['', ''] : [`(${declared})`, `(${passed})`]
  const variables = sent.map((arg) => [arg.name, arg.name in given ? given[arg.name] : sampleOf(arg.type)] as const)
  return { query: `${kind}${head} { ${name}${call} { __typename } }`, variables: Object.fromEntries(variables) }
}

function sampleOf(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return sampleOf(type.ofType)
  if (isListType(type)) return [sampleOf(type.ofType)]
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type))
    return Object.fromEntries(fields.map((field) => [field.name, sampleOf(field.type)]))
  }
  if (type.name in samples) return samples[type.name]
  throw new Error(`Cannot make up a ${type.name}: give a sample of it`)
}
