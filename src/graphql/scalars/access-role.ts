import type { AccessRole as Role } from '../../domain/access.ts'
import { builder } from '../builder.ts'

const values: { readonly [Each in Role]: { readonly description: string } } = {
  VIEWER: { description: 'It reads what the node does, of all communities or of some.' },
  OPERATOR: { description: 'It reads and wishes, for all communities or for some.' },
  AUDITOR: { description: 'It reads all that was recorded, with who wished it, and has checkpoints signed.' },
  ADMIN: { description: 'It may do everything, and makes and revokes tokens.' },
}

/** What somebody who speaks to the API may do. */
export const AccessRole = builder.enumType('AccessRole', {
  description: 'What somebody who speaks to this API may do.',
  values,
})
