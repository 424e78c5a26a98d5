/** A further host that a public service needs, from its documentation. */
interface PublicCompanion {
  readonly host: string
  readonly port: number
  readonly why: string
  readonly required: boolean
}

/** A needed host without a fixed name: it differs by account or region, or only a wildcard would cover it. */
interface UnnamedCompanion {
  /** Why its host is unknown, and what to do. */
  readonly unresolvedReason: string
}

const need = (host: string, why: string, port = 443): PublicCompanion => ({ host, port, why, required: true })
const optional = (host: string, why: string, port = 443): PublicCompanion => ({ host, port, why, required: false })

interface Service {
  readonly host: RegExp
  /** `groups`: the capture groups of `host`. */
  readonly needs: (
    groups: readonly string[],
    host: string,
    port: number,
  ) => readonly (PublicCompanion | UnnamedCompanion)[]
}

/**
 * Further hosts of public services, as their owners document them. A profile lists an endpoint's own companions; these are
 * for endpoints that name the service only. A wildcard of a shared cloud domain never becomes a rule: access to all of
 * *.blob.core.windows.net allows data to be sent to any account there.
 */
const services: readonly Service[] = [
  {
    host: /^github\.com$/,
    needs: () => [
      need('codeload.github.com', 'archives of releases and branches'),
      need('objects.githubusercontent.com', 'files of releases and large files'),
      need('release-assets.githubusercontent.com', 'files attached to releases'),
      need('raw.githubusercontent.com', 'single files'),
    ],
  },
  { host: /^ghcr\.io$/, needs: () => [need('pkg-containers.githubusercontent.com', 'layers of images')] },
  {
    host: /^(?:registry-1\.|index\.)?docker\.io$/,
    needs: () => [
      need('auth.docker.io', 'tokens of the registry'),
      need('production.cloudflare.docker.com', 'layers of images'),
    ],
  },
  {
    host: /^quay\.io$/,
    needs: () =>
      ['cdn', 'cdn01', 'cdn02', 'cdn03'].map((name) =>
        need(`${name}.quay.io`, 'layers of images come from one of these'),
      ),
  },
  {
    host: /^mcr\.microsoft\.com$/,
    needs: () => [{ unresolvedReason: 'layers come from REGION.data.mcr.microsoft.com: allow those of your regions' }],
  },
  {
    host: /^([a-z0-9]+)\.azurecr\.io$/,
    needs: ([name = 'REGISTRY']) => [
      {
        unresolvedReason: `layers come from ${name}.REGION.data.azurecr.io where dedicated data endpoints are on; without them from the shared *.blob.core.windows.net: turn them on instead of allowing that`,
      },
      optional('login.microsoftonline.com', 'sign-in, where a managed identity or service principal is used'),
    ],
  },
  {
    host: /^\d+\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/,
    needs: ([region = '']) => [
      need(`api.ecr.${region}.amazonaws.com`, 'tokens of the registry'),
      need(`prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com`, 'layers of images'),
    ],
  },
  {
    host: /^registry\.k8s\.io$/,
    needs: () => [
      { unresolvedReason: 'it redirects to mirrors that change: use your own mirror instead of allowing them all' },
    ],
  },
  {
    host: /^management\.azure\.com$|\.vault\.azure\.net$/,
    needs: () => [need('login.microsoftonline.com', 'sign-in')],
  },
  {
    host: /\.servicebus\.windows\.net$/,
    needs: (_groups, host, port) =>
      port === 443
        ? [optional(host, 'AMQP over TLS, for clients that do not use WebSockets', 5_671)]
        : [need(host, 'management over HTTPS, and AMQP over WebSockets', 443)],
  },
  {
    host: /^acme-v02\.api\.letsencrypt\.org$/,
    needs: () => [optional('acme-staging-v02.api.letsencrypt.org', 'trial orders, which count against no limit')],
  },
]

export interface PublicNeeds {
  readonly hosts: readonly PublicCompanion[]
  readonly unresolvedReasons: readonly string[]
}

export function publicNeeds(host: string, port: number): PublicNeeds {
  const companions = services.flatMap(({ host: pattern, needs }) => {
    const match = pattern.exec(host)
    return match === null ? [] : needs(match.slice(1), host, port)
  })
  return {
    hosts: companions.flatMap((each) => ('unresolvedReason' in each ? [] : [each])),
    unresolvedReasons: companions.flatMap((each) => ('unresolvedReason' in each ? [each.unresolvedReason] : [])),
  }
}
