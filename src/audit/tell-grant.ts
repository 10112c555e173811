import type { AccessRole, Grant } from '../domain/access.ts'

const ROLES: Readonly<Record<AccessRole, string>> = {
  VIEWER: 'reads',
  OPERATOR: 'reads and wishes',
  AUDITOR: 'reads all that is recorded',
  ADMIN: 'may do everything',
}

/** What somebody may do, in a few words. @example tellGrant(operator) // 'reads and wishes of 2 communities' */
export function tellGrant({ role, communityIds }: Grant): string {
  if (role === 'AUDITOR' || role === 'ADMIN') return ROLES[role]
  const named = communityIds?.length === 1 ? '1 community' : `${communityIds?.length ?? 'all'} communities`
  return `${ROLES[role]} of ${named}`
}
