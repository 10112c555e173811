import { GraphQLError } from 'graphql'
import {
  proveConsistency,
  proveEvent,
  type ConsistencyProof as Consistency,
  type EventProof as Proof,
} from '../../audit/prove-event.ts'
import type { Result } from '../../domain/result.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { priced } from '../limits/price-of.ts'
import { inputError } from '../scalars/input-error.ts'

const PATH = 'Nodes of the Merkle tree, 32 bytes each, the lowest first.'

const EventProof = builder.objectRef<Proof>('EventProof').implement({
  description:
    'Proves that an event is in the log to whoever holds a signed note of this size (RFC 6962): examples/verify-proof.mjs checks it.',
  fields: (t) => ({
    size: t.expose('size', { type: 'ByteCount', description: 'How many events it covers: all up to this position.' }),
    index: t.expose('index', {
      type: 'ByteCount',
      description: 'Which leaf the event is, from 0 on: its position − 1.',
    }),
    text: t.exposeString('text', {
      description: 'The event as canonical JSON. SHA-256 of a zero byte and its UTF-8 is the leaf.',
    }),
    leaf: t.expose('leaf', { type: 'Hex', description: 'The hash of the event, 32 bytes.' }),
    path: t.expose('path', { type: ['Hex'], description: PATH }),
    root: t.expose('root', { type: 'Hex', description: 'What leaf and path lead to, 32 bytes.' }),
    note: t.exposeString('note', {
      nullable: true,
      description:
        'The signed note of this size, whose root it is; null where none was signed: signCheckpoint signs one that covers the event.',
    }),
  }),
})

const ConsistencyProof = builder.objectRef<Consistency>('ConsistencyProof').implement({
  description: 'Proves that what an earlier note covers is the beginning of what a later one covers (RFC 6962).',
  fields: (t) => ({
    from: t.expose('from', { type: 'ByteCount', description: 'The size of the earlier note.' }),
    to: t.expose('to', { type: 'ByteCount', description: 'The size of the later note.' }),
    path: t.expose('path', { type: ['Hex'], description: PATH }),
  }),
})

builder.queryField('proveEvent', (t) =>
  t.field({
    ...allow('AUDITOR', priced('LOG')),
    type: EventProof,
    description: 'Proves that an event is in the log. It takes as long as to read all that the proof covers.',
    args: {
      position: t.arg({ type: 'Position', required: true, description: 'The event.' }),
      size: t.arg({
        type: 'ByteCount',
        required: false,
        description:
          'How many events the note at hand covers. Null: as many as the first checkpoint that covers the event; or all, where none does.',
      }),
    },
    resolve: async (_root, { position, size }, { log }) =>
      valueOf(await proveEvent(log, position, size ?? null), 'position'),
  }),
)

builder.queryField('proveConsistency', (t) =>
  t.field({
    ...allow('AUDITOR', priced('LOG')),
    type: ConsistencyProof,
    description: 'Proves that nothing that an earlier note covers was changed before a later one was signed.',
    args: {
      from: t.arg({ type: 'ByteCount', required: true, description: 'The size of the earlier note.' }),
      to: t.arg({ type: 'ByteCount', required: true, description: 'The size of the later note.' }),
    },
    resolve: async (_root, { from, to }, { log }) => valueOf(await proveConsistency(log, from, to), 'to'),
  }),
)

type Unproven = Extract<Awaited<ReturnType<typeof proveEvent>>, { readonly ok: false }>['error']

/** @throws An input error for what is not in the log; `LOG_ALTERED` where the log is not what was signed. */
function valueOf<Value>(proof: Result<Value, Unproven>, argument: string): Value {
  if (proof.ok) return proof.value
  if (proof.error.type === 'LogAltered') {
    const message = 'The log is not what was signed: see where with seedbank verify-log.'
    throw new GraphQLError(message, { extensions: { code: 'LOG_ALTERED' } })
  }
  const { head } = proof.error
  throw inputError(argument, `Argument "${argument}" must name what is in the log, whose newest event is ${head}.`)
}
