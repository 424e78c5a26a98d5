/** The two images of the plane and its servers. */
export interface DemoImages {
  readonly node: string
  readonly helmController: string
}

const published: DemoImages = {
  node: 'docker.io/library/node:24-alpine',
  helmController: 'ghcr.io/fluxcd/helm-controller:v1.6.2',
}

/** Both in a registry, or a path of one, that has them as `node:24` and `helm-controller:1.6.2`. Pure. */
export function imagesOf(registry: string | undefined): DemoImages {
  if (registry === undefined) return published
  const base = registry.replace(/\/+$/, '')
  return { node: `${base}/node:24`, helmController: `${base}/helm-controller:1.6.2` }
}
