/**
 * Which folder can import which. `npm run lint` checks it, and first checks that planted violations are reported:
 * with a compiler that has no API the tool can find no imports, and would then pass.
 */
const features =
  'activity|clusters|connectivity|fleet|install|logs|operations|planes|profiles|settings|trust|vault|workloads'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'window-knows-the-contract-alone',
      severity: 'error',
      from: { path: '^renderer/' },
      to: {
        path: '^(main|test|scripts|assets)/|^preload/(?!contract/|(activity-entries|browser-session|channels|command-text|decode-yaml|demanded-losses|network-text|powershell-sample|preflight-markdown|profile-difference|recorded-plane|verdict-history|verdicts|vantages|differences|endpoint-rows|engine-service|findings|json-schema|line-diff|log-query-tokens|shell-word|value-path|visible-text)\\.ts)',
      },
    },
    {
      name: 'contract-knows-zod-and-orpc-alone',
      severity: 'error',
      from: { path: '^preload/contract/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^preload/contract/|node_modules/(zod|@orpc)/' },
    },
    {
      name: 'no-feature-imports-another',
      severity: 'error',
      from: { path: `^main/(${features})/`, pathNot: '\\.test\\.ts$' },
      to: { path: `^main/(${features})/`, pathNot: '^main/$1/' },
    },
    {
      name: 'features-know-no-host',
      severity: 'error',
      from: { path: `^main/(${features}|lib|health)/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^main/(composition|desktop|serve|page|terminal)/|^main/[^/]+\\.ts$|^renderer/|^test/|^scripts/' },
    },
    {
      name: 'terminal-calls-the-contract',
      comment:
        'a command calls procedures; options that only the terminal offers are in their inputs. lib, health and the parsers of log lines are pure',
      severity: 'error',
      from: { path: '^main/terminal/', pathNot: '\\.test\\.ts$' },
      to: { path: '^main/', pathNot: '^main/(terminal|lib|health|logs/parse)/|^main/(app|router|home|serve)\\.ts$' },
    },
    {
      name: 'probe-is-independent',
      comment: 'the probe is bundled to one file, which runs in a pod on any image with Node',
      severity: 'error',
      from: { path: '^main/connectivity/probe/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^main/(connectivity/probe|lib/rules)/|^preload/contract/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'probe-imports-only-types-of-the-contract',
      comment: 'a value would bundle zod into the probe',
      severity: 'error',
      from: { path: '^main/connectivity/probe/', pathNot: '\\.test\\.ts$' },
      to: { path: '^preload/contract/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'lib-and-health-know-no-feature',
      severity: 'error',
      from: { path: '^main/(lib|health)/', pathNot: '\\.test\\.ts$' },
      to: { path: `^main/(${features})/` },
    },
    {
      name: 'ui-knows-no-feature',
      severity: 'error',
      from: { path: '^renderer/(ui|lib)/', pathNot: '\\.test\\.tsx?$' },
      to: { path: `^renderer/(${features}|shell)/` },
    },
    {
      name: 'electron-in-the-desktop-host-alone',
      severity: 'error',
      from: { path: '^(main|preload|renderer)/', pathNot: '^main/index\\.ts$|^main/desktop/|^preload/bridge\\.ts$' },
      to: { path: 'node_modules/electron(-updater)?/' },
    },
    {
      name: 'connectivity-plans-before-it-runs',
      severity: 'error',
      from: { path: '^main/connectivity/plan/', pathNot: '\\.test\\.ts$' },
      to: { path: '^main/connectivity/(run|vantage|findings|history|report|watch|allow-list)/' },
    },
    {
      name: 'connectivity-runs-from-any-vantage',
      severity: 'error',
      from: { path: '^main/connectivity/run/', pathNot: '\\.test\\.ts$' },
      to: { path: '^main/connectivity/(vantage|findings|history|report|watch|allow-list)/' },
    },
    {
      name: 'vantage-pod-knows-no-resolution',
      severity: 'error',
      from: { path: '^main/connectivity/vantage/pod/', pathNot: '\\.test\\.ts$' },
      to: { path: '^main/connectivity/vantage/(resolve|fallback)/' },
    },
    {
      name: 'no-connectivity-folder-imports-its-entry',
      severity: 'error',
      from: { path: '^main/connectivity/[^/]+/', pathNot: '\\.test\\.ts$' },
      to: { path: '^main/connectivity/connectivity\\.ts$' },
    },
    {
      name: 'connectivity-window-state-knows-no-view',
      comment: 'the state of the table and its rules are .ts files, which the store and every folder share',
      severity: 'error',
      from: { path: '^renderer/connectivity/.+\\.ts$', pathNot: '\\.test\\.ts$' },
      to: { path: '^renderer/connectivity/.+\\.tsx$' },
    },
    {
      name: 'connectivity-window-vantages-and-export-know-no-table',
      comment: 'vantages/ and export/ are the lowest folders of renderer/connectivity',
      severity: 'error',
      from: { path: '^renderer/connectivity/(vantages|export)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^renderer/connectivity/(vantages|export|matrix|details|history|watch)/', pathNot: '/$1/' },
    },
    {
      name: 'connectivity-window-details-are-below-the-table',
      comment: "a row of the table shows its details, which use the table's state but none of its views",
      severity: 'error',
      from: { path: '^renderer/connectivity/details/', pathNot: '\\.test\\.ts$' },
      to: { path: '^renderer/connectivity/(matrix/.+\\.tsx$|(history|watch|export)/)' },
    },
    {
      name: 'connectivity-window-table-knows-no-history',
      severity: 'error',
      from: { path: '^renderer/connectivity/matrix/', pathNot: '\\.test\\.ts$' },
      to: { path: '^renderer/connectivity/(history|watch|export)/' },
    },
    {
      name: 'connectivity-window-history-knows-no-watch',
      severity: 'error',
      from: { path: '^renderer/connectivity/history/', pathNot: '\\.test\\.ts$' },
      to: { path: '^renderer/connectivity/watch/' },
    },
    {
      name: 'no-connectivity-window-folder-imports-its-entry',
      severity: 'error',
      from: { path: '^renderer/connectivity/[^/]+/', pathNot: '\\.test\\.ts$' },
      to: { path: '^renderer/connectivity/[^/]+\\.tsx$' },
    },
    {
      name: 'install-observes-alone',
      comment: 'observe/ and helm/ are the lowest folders of main/install',
      severity: 'error',
      from: { path: '^main/install/observe/' },
      to: { path: '^main/install/(helm|plan|preflight|steps|operation)/' },
    },
    {
      name: 'install-runs-helm-alone',
      severity: 'error',
      from: { path: '^main/install/helm/' },
      to: { path: '^main/install/(observe|plan|preflight|steps|operation)/' },
    },
    {
      name: 'install-plans-before-it-acts',
      severity: 'error',
      from: { path: '^main/install/(plan|preflight)/' },
      to: { path: '^main/install/(steps|operation)/' },
    },
    {
      name: 'install-steps-know-no-operation',
      severity: 'error',
      from: { path: '^main/install/steps/' },
      to: { path: '^main/install/(operation|preflight)/' },
    },
    {
      name: 'no-install-folder-imports-its-entry',
      severity: 'error',
      from: { path: '^main/install/[^/]+/' },
      to: { path: '^main/install/install\\.ts$' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: { path: '^(main|preload|renderer)/' },
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: { path: '^(main|preload|renderer)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist|node_modules/\\.)' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
    },
  },
}
