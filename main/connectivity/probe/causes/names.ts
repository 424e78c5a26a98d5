import { type CauseEntry, check } from './entry.ts'

/** The endpoint's configuration, and its name in DNS. */
export const namesCauses = {
  'config.missing': {
    ...check,
    verdict: 'unknown',
    stage: 'config',
    owner: 'you',
    meaning:
      'The endpoint needs a setting that is empty, most often its host. Profiles leave such values to a setting when the vendor gives each customer its own.',
    distinguishedBy: 'Nothing was sent. The evidence names the empty setting.',
    hint: 'Ask the vendor for the value that the evidence names, and enter it in the settings of the plane.',
  },
  'config.invalid': {
    ...check,
    verdict: 'unknown',
    stage: 'config',
    owner: 'you',
    meaning:
      'The endpoint is not valid: its port or host is malformed, or its trusted roots or client certificate cannot be read.',
    distinguishedBy: 'Nothing was sent. The evidence names the field.',
    hint: 'Correct the field that the evidence names, in the endpoint or in the settings of the plane.',
  },
  'dns.nxdomain': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    owner: 'the DNS team',
    meaning: 'The DNS server reports that the name does not exist (NXDOMAIN).',
    distinguishedBy:
      'The server answered. A name that exists without an address is dns.no-address; one that is an alias of a missing name is dns.alias or dns.private-zone.',
    hint: 'Check the spelling of the host. If it is right, ask the DNS team to make the name known to the DNS server in the evidence: a private zone, or a conditional forwarder.',
  },
  'dns.private-zone': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    owner: 'the DNS team',
    meaning:
      'The name exists and is an alias of a name in a private zone (Azure Private Link, AWS PrivateLink, Google Private Service Connect), and this network has no address for that name.',
    distinguishedBy:
      'The answer contains the alias (CNAME), and the name it leads to is of a private endpoint. Any other alias without an address is dns.alias; a name that does not exist itself is dns.nxdomain.',
    hint: 'Ask the DNS team to link the private zone of the alias in the evidence to this network, or to forward that zone to a DNS server that has it, and to add the record of the private endpoint. If no private endpoint is meant, ask the service owner to remove it.',
  },
  'dns.alias': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    owner: 'the service owner',
    meaning: 'The name exists and is an alias (CNAME), and the name it leads to has no address.',
    distinguishedBy:
      'The answer contains the alias. A name that does not exist itself is dns.nxdomain; an alias into a private zone is dns.private-zone.',
    hint: 'Send the alias in the evidence to the service owner: it leads to a name that was removed or never created. If other networks resolve it, ask the DNS team whether the DNS server in the evidence has the zone of the target.',
  },
  'dns.no-address': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    owner: 'the DNS team',
    meaning: 'The name exists and has no address record, neither A nor AAAA.',
    distinguishedBy:
      'The server answered without an error and without an address. A name that does not exist is dns.nxdomain.',
    hint: 'Check that the host is not a parent of the intended name. Then ask the DNS team, or the owner of the zone, for an A or AAAA record.',
  },
  'dns.timeout': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    owner: 'the DNS team',
    meaning: 'The DNS server did not answer.',
    distinguishedBy:
      'Two tries for A and AAAA were not answered within 3 s. An error is dns.servfail, a refusal dns.unreachable.',
    hint: 'Ask the DNS team whether the DNS server in the evidence is up. If it is, ask the network team whether UDP and TCP port 53 from here to it are open.',
  },
  'dns.unreachable': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    owner: 'the DNS team',
    meaning: 'The DNS server refuses connections: no DNS server listens at its address.',
    distinguishedBy: 'The host, or a router before it, refused at once. No answer is dns.timeout.',
    hint: 'Check the address of the DNS server in the evidence (resolv.conf, the resolver setting of the plane). If it is right, ask the DNS team whether the server is running.',
  },
  'dns.servfail': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    owner: 'the DNS team',
    meaning:
      'The DNS server answered with an error: it failed to resolve the name (SERVFAIL), refuses to (REFUSED), or only names other servers (a referral).',
    distinguishedBy: 'The server answered, and did not deny the name (dns.nxdomain).',
    hint: 'Ask the DNS team about the error in the evidence. Usual reasons: a forwarder is down, DNSSEC validation fails, or the server does not serve this network.',
  },
  'dns.truncated': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    owner: 'the network team',
    meaning:
      'The answer of the DNS server does not fit into a UDP packet, and the server cannot be queried over TCP, which is required for such answers.',
    distinguishedBy:
      'The server answered over UDP with a truncated answer (TC), and TCP to the same port failed. Short answers of the same server arrive. No answer at all is dns.timeout.',
    hint: 'Ask the network team to allow TCP port 53, not only UDP, from here to the DNS server in the evidence (RFC 7766). In a cluster, check the network policies too.',
  },
  'dns.one-family': {
    ...check,
    verdict: 'warn',
    stage: 'dns',
    owner: 'the DNS team',
    meaning:
      'The DNS server has an address of one family, and for the other one it denies the name (NXDOMAIN), reports an error or does not answer, instead of answering that there is none. Programs in images with musl (Alpine) do not resolve such a name.',
    distinguishedBy:
      'A and AAAA were answered differently: addresses for one, a denial, an error or nothing for the other. An empty answer for one family is right and not reported.',
    hint: 'Ask the DNS team to answer the missing family with "no error" and no records (NODATA). The usual reasons are a load balancer that serves DNS for its own name, a broken zone (SERVFAIL), or a filter for AAAA. Until then, use images with glibc.',
  },
  'dns.search-failure': {
    ...check,
    verdict: 'warn',
    stage: 'dns',
    owner: 'the DNS team',
    meaning:
      'A search domain does not answer, and the name is resolved only after it. Programs lose seconds with each lookup, and those in images with musl (Alpine) fail.',
    distinguishedBy:
      'The name with a search domain appended was asked for first, and got an error or no answer; the name itself has an address. A search domain that answers for another host is dns.search-capture.',
    hint: 'Ask the DNS team why the search domain in the evidence is not answered (a forwarder that is down), or remove it. Add a trailing dot to the host, or lower ndots for the component.',
  },
  'dns.sinkhole': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    owner: 'the DNS team',
    meaning:
      'The DNS server returns an address that is not the destination: 0.0.0.0, loopback, a security vendor’s block page, or one address for every name.',
    distinguishedBy:
      'The address is on a list of such addresses, or was returned for a nonexistent name too, and no server at it proves to be the destination. A host given as an address is never reported.',
    hint: 'Ask the DNS team to remove this name from the block list of the DNS filter. Give them the resolver and the address in the evidence.',
  },
  'dns.split': {
    ...check,
    verdict: 'warn',
    stage: 'dns',
    owner: 'the DNS team',
    meaning:
      'The name resolves to an address outside the ranges that its owner publishes, or a private endpoint resolves to a public address. Another view of the zone (split horizon) or a redirection is the reason.',
    distinguishedBy:
      'Reported only for endpoints with address ranges or in the private network, and only while the server still proves to be the destination.',
    hint: 'Ask the DNS team which DNS server has the right zone for this network (a private zone, a conditional forwarder), and whether this vantage uses it. A firewall rule for the published ranges does not match this address.',
  },
  'dns.search-capture': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    owner: 'the DNS team',
    meaning:
      'A wildcard record in a search domain answered in place of the name, so the address belongs to another host.',
    distinguishedBy:
      'The name with a search domain appended has other addresses than the name itself, and the server there is not the destination.',
    hint: 'Add a trailing dot to the host, or lower ndots for the component. Then ask the DNS team to remove the wildcard in the search domain that the evidence names.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>
