import { join } from 'node:path'
import type { LogStatus } from '../../preload/contract/logs.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import type { OperationStarter } from '../lib/operation.ts'
import type { AccessPorts } from './access-record.ts'
import type { SearchesPorts } from './searches.ts'
import type { FetchesPorts } from './unfinished-fetch.ts'

/** What the logs of planes need of the rest of the app. */
export interface LogsPorts {
  /** Stores live in `<home>/logs/<plane id>`. */
  readonly home: string
  plane(planeId: string): Promise<Plane>
  profile(plane: Plane): Promise<Profile>
  /** Throws CONTEXT_UNKNOWN or CONSENT_NEEDED. */
  connection(contextId: string): Promise<ClusterConnection>
  /** The store's key (`store-key.ts`), made on first use. Throws VAULT_LOCKED. */
  key(planeId: string): Promise<Buffer>
  /** The same, but undefined where nothing was ever stored: reading makes no key. Throws VAULT_LOCKED. */
  existingKey(planeId: string): Promise<Buffer | undefined>
  /** Aborts with VAULT_LOCKED when the vault is locked the next time. */
  untilLocked(): AbortSignal
  /** Puts another key in its place, if it is still this one. Throws VAULT_LOCKED. */
  replaceKey(planeId: string, before: Buffer, after: Buffer): Promise<void>
  destroyKey(planeId: string): Promise<void>
  protection(): Promise<LogStatus['protection']>
  readonly searches: SearchesPorts
  readonly fetches: FetchesPorts
  readonly access: AccessPorts
  readonly operations: OperationStarter & {
    list(): Promise<Operation[]>
    ended(operationId: string, signal?: AbortSignal): Promise<Operation>
  }
}

export const storeFolder = ({ home }: Pick<LogsPorts, 'home'>, planeId: string): string => join(home, 'logs', planeId)
