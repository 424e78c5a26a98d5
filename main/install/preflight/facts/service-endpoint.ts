import type { Endpoint } from '../../../../preload/contract/profiles.ts'

/** An endpoint with the plane's settings put in. */
export interface ServiceEndpoint extends Pick<Endpoint, 'id' | 'component' | 'protocol' | 'title'> {
  readonly host: string
  /** Id of the credential that its component signs in with. */
  readonly credential?: string
  /** Whether all keys of that credential are stored. */
  readonly stored: boolean
}
