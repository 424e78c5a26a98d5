import type { Subject } from '../../preload/contract/connectivity.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { EndpointList } from '../../preload/contract/profiles.ts'

interface Restricted {
  readonly profile?: string | undefined
  readonly list?: EndpointList | undefined
  readonly folder?: string | undefined
  readonly proxy?: string | undefined
  readonly probeImage?: string | undefined
  readonly namespace?: string | undefined
}

/**
 * Refuses what only the terminal may ask for: paths of this computer, other images in the cluster, another proxy. The window
 * shows texts of others, so nothing that it sends may read a file or run a program of its choice. Throws INPUT_INVALID. Pure.
 */
export function refuseForWindow(input: Subject & Restricted): void {
  const { profile = '', list, folder, proxy, probeImage, namespace } = input as Restricted // a union hides what only some members have
  const paths = (list?.endpoints ?? []).filter(
    ({ clientProfile: { trust } }) => typeof trust === 'object' && 'file' in trust,
  )
  const refused = [
    ...(/[/\\]/.test(profile) ? ['a profile by its path'] : []),
    ...(folder === undefined ? [] : ['a folder']),
    ...paths.map(({ id }) => `a file with roots (endpoint "${id}")`),
    ...(proxy === undefined ? [] : ['a proxy']),
    ...(probeImage === undefined ? [] : ['an image for probes']),
    ...(namespace === undefined ? [] : ['a namespace for probes']),
  ]
  if (refused.length > 0)
    throw new Problem('INPUT_INVALID', `Only the terminal can name ${refused[0]}.`, refused.join(', '))
}
