import type { NodeCommand } from '../../domain/node-commands.ts'
import { readNode } from '../../projections/nodes.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf, type GraphqlContext } from '../context.ts'
import { idempotencyKeyArg } from './mutation-args.ts'
import { defineResult, positionDescription, type Granted, type MutationResult } from './mutation.ts'
import { Status } from '../nouns/status.ts'

function defineNodeResult(name: string, description: string): MutationResult<Granted> {
  return defineResult<Granted>(name, description, [], (t) => ({
    position: t.expose('position', { type: 'Position', nullable: true, description: positionDescription }),
    status: t.field({
      type: Status,
      description: 'The node, as it is now.',
      resolve: async (_answer, _args, { db }) => readNode(db),
    }),
  }))
}

async function execute(
  command: NodeCommand,
  idempotencyKey: string | null | undefined,
  context: GraphqlContext,
): ReturnType<GraphqlContext['execute']> {
  return context.execute(command, metaOf(context, idempotencyKey, command))
}

const EnableProtocolResult = defineNodeResult('EnableProtocol', 'Archiving is on for the whole node.')

builder.mutationField('enableProtocol', (t) =>
  t.field({
    ...allow('ADMIN'),
    type: EnableProtocolResult.ref,
    description: 'Switches archiving on for all communities that opted in. It is so at first.',
    args: { idempotencyKey: idempotencyKeyArg(t.arg) },
    resolve: async (_root, { idempotencyKey }, context) =>
      EnableProtocolResult.answer(await execute({ type: 'EnableProtocol' }, idempotencyKey, context), null),
  }),
)

const DisableProtocolResult = defineNodeResult('DisableProtocol', 'Archiving is off for the whole node.')

builder.mutationField('disableProtocol', (t) =>
  t.field({
    ...allow('ADMIN'),
    type: DisableProtocolResult.ref,
    description: 'Switches archiving off for all communities: nothing is created, fetched or seeded.',
    args: { idempotencyKey: idempotencyKeyArg(t.arg) },
    resolve: async (_root, { idempotencyKey }, context) =>
      DisableProtocolResult.answer(await execute({ type: 'DisableProtocol' }, idempotencyKey, context), null),
  }),
)

const SetOnlineResult = defineNodeResult('SetOnline', 'The node uses the network as wished.')

builder.mutationField('setOnline', (t) =>
  t.field({
    ...allow('ADMIN'),
    type: SetOnlineResult.ref,
    description:
      'Says whether the node may use the network. Offline, nothing is seeded, and no archive is created by itself.',
    args: {
      online: t.arg.boolean({ required: true, description: 'Whether it may.' }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { online, idempotencyKey }, context) =>
      SetOnlineResult.answer(await execute({ type: 'SetOnline', online }, idempotencyKey, context), null),
  }),
)
