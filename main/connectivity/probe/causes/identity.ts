import { type CauseEntry, check } from './entry.ts'

/** Which service responds. */
export const identityCauses = {
  'identity.protocol': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'you',
    meaning: 'A service other than the expected one responds.',
    distinguishedBy:
      'The response is not the expected one, and is no block page, captive portal or redirect. The evidence describes it.',
    hint: 'Check host, port, path and protocol of the endpoint. If they are right, ask the service owner what runs at this address, with the evidence.',
  },
  'identity.silent': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the service owner',
    meaning: 'The connection is established, and the server sends nothing or closes it when the protocol begins.',
    distinguishedBy: 'No data came at all. Unexpected data is identity.protocol, a reset is tcp.reset.',
    hint: 'Check that this port uses the protocol of the endpoint. If it does, ask the service owner why the service accepts connections and does not respond. A transparent proxy behaves the same: ask the network team whether there is one.',
  },
  'identity.dialect': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'you',
    meaning: 'An AMQP broker is reached that uses another version of AMQP.',
    distinguishedBy: 'It answers with the protocol header of its own version, which the evidence names.',
    hint: 'If the component supports the version in the evidence, set the protocol of the endpoint to it. If not, ask the service owner for the host of the right broker.',
  },
  'identity.block-page': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the proxy team',
    meaning: 'A web page answers in place of the service: the block page of a web filter, or another site.',
    distinguishedBy:
      'HTML, or the text or headers of a web filter, where the service would send something else. A page over TLS with a certificate of a public authority is the service’s own (identity.protected). A page that asks to sign in to the network is identity.captive-portal.',
    hint: 'Ask the team of the web filter in the evidence (the proxy team) to allow this host. If the endpoint is meant to be a web page, give it an "expect" with text from that page.',
  },
  'identity.source-denied': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the service owner',
    meaning:
      'The expected service is reached, and its access rules do not allow the address that this vantage comes from.',
    distinguishedBy:
      'The response says that it is about the source address (a registry’s firewall, network rules of a cloud service, an allow-list of addresses). A refusal for other reasons is identity.protected; credentials are not the reason (auth.required).',
    hint: 'Ask the service owner to allow the address in the evidence. If it has none, ask the network team which public address connections from this vantage have. From a cloud network, a private endpoint may be required instead.',
  },
  'identity.protected': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the service owner',
    meaning:
      'The protection of the service itself refuses the request: a web application firewall, or a check for bots that only a browser passes.',
    distinguishedBy:
      'The response is that of a product before the service, named in the evidence, or a refusal over TLS that nobody ends on the path. A page of a web filter of your network is identity.block-page.',
    hint: 'Send the evidence with the time and your public address to the service owner, and ask them to exempt it. No firewall or proxy of your network needs a change.',
  },
  'identity.geo-block': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the service owner',
    meaning:
      'The service refuses requests from the country that the address of this vantage belongs to, or for legal reasons.',
    distinguishedBy:
      'Status 451, or a response about the country or region. A refusal of the address alone is identity.source-denied.',
    hint: 'Ask the service owner whether they serve your country. If the address belongs to another country than the vantage (a cloud region, a central proxy), ask the network team to let this host leave from the right one.',
  },
  'identity.captive-portal': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'you',
    meaning: 'The network requires a sign-in first (hotel, guest Wi-Fi, network access control).',
    distinguishedBy: 'Status 511, a WISPr response, or a redirect or page about signing in to the network.',
    hint: 'Open a browser, sign in to the network, and check again. A cluster must not depend on such a network.',
  },
  'identity.websocket': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the proxy team',
    meaning:
      'HTTP works, and the WebSocket does not: the upgrade was ignored, removed or accepted with a wrong key, or the connection ends right after it.',
    distinguishedBy:
      'The response is HTTP, is no page of a web filter, and is neither 101 with the right key nor the refusal of a WebSocket server. After a 101, the connection has to stay open for a moment.',
    hint: 'Check the path. If it is right, ask the proxy team to allow WebSocket for this host: a proxy or load balancer on the path removes the "Upgrade" header, or ends the connection.',
  },
  'identity.http2': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the network team',
    meaning: 'The server, or a device before it, does not support HTTP/2, which this endpoint requires.',
    distinguishedBy: 'TLS works, and h2 was not negotiated (ALPN), or what follows is not HTTP/2.',
    hint: 'Ask the network team to let h2 through, or to exempt this host. The usual reason is a device that terminates TLS and supports HTTP/1.1 only.',
  },
  'identity.alpn': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'you',
    meaning: 'The server accepts none of the application protocols (ALPN) that the component offers.',
    distinguishedBy:
      'The server ends the handshake with the alert no_application_protocol. The evidence has what it accepts. An endpoint that requires h2 has identity.http2.',
    hint: 'Check port and protocol of the endpoint. If they are right, ask the service owner to accept a protocol that the component offers: a WebSocket needs "http/1.1".',
  },
  'identity.http1-required': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the service owner',
    meaning: 'The server negotiates HTTP/2, and answers this request over HTTP/1.1 only.',
    distinguishedBy: 'It ends the request or the connection with the HTTP/2 error HTTP_1_1_REQUIRED (13).',
    hint: 'Ask the service owner to serve this path over HTTP/2, or to negotiate http/1.1 (ALPN) for it. The usual reasons are Windows authentication and client certificates that are requested late. A component in Go can do without HTTP/2: GODEBUG=http2client=0.',
  },
  'identity.too-many-pings': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'you',
    meaning: 'The server ended the HTTP/2 connection because of too many pings or connections of this client.',
    distinguishedBy:
      'It sends GOAWAY with the error ENHANCE_YOUR_CALM (11) and "too_many_pings" or no reason. With another reason it is identity.throttled. The check itself sends no pings.',
    hint: 'Raise the keepalive interval of the component above the minimum that the server enforces (5 minutes in gRPC by default), or ask the service owner to lower that minimum. Then check again.',
  },
  'identity.http2-ended': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the service owner',
    meaning: 'HTTP/2 was negotiated, and the server ended the request or the connection with an HTTP/2 error.',
    distinguishedBy:
      'The evidence has the error. A connection that ends without one (GOAWAY with NO_ERROR) is answered or tried once more. Bytes that are not HTTP/2 are identity.http2.',
    hint: 'Send the error in the evidence to the service owner: the server, or a load balancer before it, fails at HTTP/2.',
  },
  'identity.goaway': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'you',
    meaning:
      'The server ends the HTTP/2 connection in an orderly way (GOAWAY, or a refused stream) and still serves the request. HttpClient of older Java fails at this; other programs do not notice.',
    distinguishedBy:
      'The runtime of the endpoint is java, and the request was answered, on the same connection or on the next one. Without an answer it is identity.http2-ended.',
    hint: 'Update Java: 24, and the updates of 17 and 21 from October 2025 on, handle GOAWAY (JDK-8335181). Until then, set HttpClient.Version.HTTP_1_1 in the component, or ask the service owner not to end connections with open requests.',
  },
  'identity.no-route': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the service owner',
    meaning:
      'A gateway, ingress controller or platform answers that it has no route for this host, or for this host and path. The service behind it was not asked.',
    distinguishedBy:
      'The response is that of the product in the evidence for an unknown host or route, or status 421. A gateway that is about the path counts only where the endpoint has one. A gateway without a working server behind its route is identity.unavailable.',
    hint: 'Check host and path of the endpoint. If they are right, ask the service owner to add the host (ingress rule, HTTPRoute, custom domain, listener) at the gateway in the evidence, or where its DNS record has to point.',
  },
  'identity.grpc-trailers': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the proxy team',
    meaning:
      'A gRPC server answers, and its status is missing: a device on the path loses the trailers of the response.',
    distinguishedBy: 'Status 200 and the content type of gRPC, without grpc-status in headers or trailers.',
    hint: 'Ask the team of the proxy or load balancer before the service to forward HTTP/2 trailers, with HTTP/2 to the server too (grpc_pass in nginx, the protocol version GRPC of a target group).',
  },
  'identity.redirect': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'you',
    meaning: 'The response redirects to another host.',
    distinguishedBy:
      'Redirects within the same host are followed. A redirect to a companion host of the endpoint is expected.',
    hint: 'If the host in the evidence is right, add it to the endpoint as a companion and allow it too. If not, ask the proxy team: a web filter or sign-in page intercepts the request.',
  },
  'identity.unavailable': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    owner: 'the service owner',
    meaning:
      'The service, or the load balancer before it, reports that it does not work now (500, 502, 503, 504, or a sealed vault).',
    distinguishedBy:
      'The response has such a status and is no block page. A gateway without a route for the host is identity.no-route.',
    hint: 'Send the status in the evidence to the service owner. The network needs no change.',
  },
  'identity.throttled': {
    ...check,
    verdict: 'warn',
    stage: 'identity',
    owner: 'none',
    meaning: 'The service reports too many requests from this address.',
    distinguishedBy:
      'Status 429 and no block page, a WebSocket closed with 4429, or the HTTP/2 error ENHANCE_YOUR_CALM without a word about pings.',
    hint: 'Check again later. If it persists, many machines share one address: use credentials or a mirror, or ask the service owner for a higher limit.',
  },
  'identity.unproven': {
    ...check,
    verdict: 'warn',
    stage: 'identity',
    owner: 'you',
    meaning: 'A response came, and nothing proves which server sent it.',
    distinguishedBy: 'The connection has no TLS certificate, and the endpoint has no "expect".',
    hint: 'Give the endpoint an "expect" with a header or text that only the right service sends.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>
