import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const slate: MantineColorsTuple = [
  '#d9dde3',
  '#b8bec7',
  '#9ea5b0',
  '#6d747f',
  '#3b4149',
  '#2e333a',
  '#24282e',
  '#191c20',
  '#141619',
  '#0f1113',
]

/** Mantine's text below a small field is two pixels smaller than the field: too small to read. */
const readable = { fontSize: '0.75rem' }

/** Dense and calm: 13 px text, small radii, one blue. */
export const theme = createTheme({
  primaryColor: 'blue',
  // Blue 8 on white has a contrast of 5.0; Mantine's own default has 3.6.
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  colors: { dark: slate },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", "Cantarell", "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.25rem' }, h2: { fontSize: '1rem' }, h3: { fontSize: '0.875rem' } },
  },
  components: {
    Button: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' }, styles: { description: readable } },
    Radio: { defaultProps: { size: 'xs' }, styles: { description: readable, label: { fontSize: '0.8125rem' } } },
    InputWrapper: { styles: { description: readable, error: readable } },
    Switch: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 0 } } },
    Menu: { defaultProps: { transitionProps: { duration: 0 } } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 0 } } },
  },
})

/** Mantine's secondary texts fall below a contrast of 4.5 on their surfaces; these do not. */
export const readableColours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#575e66',
    '--mantine-color-placeholder': '#6a7178',
    '--mantine-color-error': '#b3261e',
  },
  dark: {
    '--mantine-color-dimmed': '#a3aab4',
    '--mantine-color-placeholder': '#9098a3',
    '--mantine-color-error': '#ff8a80',
  },
})
