import type { ArgBuilder, ArgumentRef } from '@pothos/core'
import type { CommunityId } from '../../domain/community-id.ts'
import type { SchemaTypes } from '../builder.ts'

/** The argument that names the community of a wish. */
export function communityIdArg(arg: ArgBuilder<SchemaTypes>): ArgumentRef<SchemaTypes, CommunityId> {
  return arg({ type: 'CommunityId', required: true, description: 'The community.' })
}

/** The argument of each mutation by which a repetition is recognised. */
export function idempotencyKeyArg(arg: ArgBuilder<SchemaTypes>): ArgumentRef<SchemaTypes, string | null | undefined> {
  return arg({
    type: 'IdempotencyKey',
    required: false,
    description:
      'Sent again with the same key, the wish is granted once and answered alike; with other arguments it is refused. Kept 30 days.',
  })
}
