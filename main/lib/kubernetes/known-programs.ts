/** A credential program that a vendor publishes, and the variables of its documentation. */
export interface KnownProgram {
  /** Inherited without a question: they select an account and hold no secret. */
  readonly variables: readonly string[]
  /** Inherited only if the user selects them: they hold secrets. */
  readonly secrets: readonly string[]
}

const aws: KnownProgram = {
  // https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
  variables: [
    'AWS_PROFILE',
    'AWS_DEFAULT_PROFILE',
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_CONFIG_FILE',
    'AWS_SHARED_CREDENTIALS_FILE',
    'AWS_CA_BUNDLE',
    'AWS_STS_REGIONAL_ENDPOINTS',
    'AWS_USE_FIPS_ENDPOINT',
    'AWS_ROLE_ARN',
    'AWS_ROLE_SESSION_NAME',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
  ],
  secrets: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
}

const google: KnownProgram = {
  // https://cloud.google.com/sdk/docs/properties
  variables: [
    'CLOUDSDK_CONFIG',
    'CLOUDSDK_ACTIVE_CONFIG_NAME',
    'CLOUDSDK_CORE_ACCOUNT',
    'CLOUDSDK_CORE_PROJECT',
    'GOOGLE_APPLICATION_CREDENTIALS',
    'USE_GKE_GCLOUD_AUTH_PLUGIN',
  ],
  secrets: ['CLOUDSDK_AUTH_ACCESS_TOKEN'],
}

const azure: KnownProgram = {
  // https://azure.github.io/kubelogin/
  variables: [
    'AZURE_CONFIG_DIR',
    'AZURE_TENANT_ID',
    'AZURE_CLIENT_ID',
    'AZURE_AUTHORITY_HOST',
    'AZURE_FEDERATED_TOKEN_FILE',
    'AAD_LOGIN_METHOD',
    'AAD_SERVICE_PRINCIPAL_CLIENT_ID',
  ],
  secrets: ['AZURE_CLIENT_SECRET', 'AAD_SERVICE_PRINCIPAL_CLIENT_SECRET', 'AAD_USER_PRINCIPAL_PASSWORD'],
}

/** By the name of the file without `.exe`. A shell or an interpreter never belongs here: it runs what its arguments say. */
const knownPrograms: Readonly<Record<string, KnownProgram>> = {
  aws,
  'aws-iam-authenticator': aws,
  'gke-gcloud-auth-plugin': google,
  kubelogin: azure,
  az: azure,
  tsh: { variables: ['TELEPORT_HOME', 'TELEPORT_PROXY', 'TELEPORT_CLUSTER', 'TELEPORT_USER'], secrets: [] },
  oci: {
    variables: ['OCI_CLI_PROFILE', 'OCI_CLI_CONFIG_FILE', 'OCI_CLI_RC_FILE', 'OCI_CLI_REGION', 'OCI_CLI_AUTH'],
    secrets: ['OCI_CLI_KEY_CONTENT', 'OCI_CLI_PASSPHRASE'],
  },
  doctl: { variables: [], secrets: ['DIGITALOCEAN_ACCESS_TOKEN'] },
}

/** The known program behind a command, by its file name. */
export function knownProgram(command: string): KnownProgram | undefined {
  const name = (command.split(/[\\/]/).at(-1) ?? '').replace(/\.exe$/i, '')
  return Object.hasOwn(knownPrograms, name) ? knownPrograms[name] : undefined
}
