import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

/** Mantine's surfaces of the dark scheme: the layers of `tokens.css`. */
const slate: MantineColorsTuple = [
  '#e4e7eb',
  '#c3cad3',
  '#a0a8b3',
  '#6d7580',
  '#353b44',
  '#2a2f36',
  '#1f2328',
  '#16191d',
  '#0e1013',
  '#0b0c0f',
]

/** The accent. Never the colour of a status. */
const iris: MantineColorsTuple = [
  '#f1f1fe',
  '#e3e3fb',
  '#c8c7f6',
  '#a9a7f0',
  '#8d8aea',
  '#7572e0',
  '#6461d6',
  '#5a57d1',
  '#5350c8',
  '#4542ac',
]

/** Running work. */
const sky: MantineColorsTuple = [
  '#e8f6fc',
  '#d3ecf8',
  '#a7daf1',
  '#79c8ef',
  '#4aafdd',
  '#2297c9',
  '#0f81b1',
  '#0b6f99',
  '#0a6288',
  '#064a68',
]

/** Mantine's text below a small field is two pixels smaller than the field: too small to read. */
const readable = { fontSize: '0.75rem' }

/** Mantine with the tokens of `tokens.css`: 13 px text, radii of 6 and 10 px, one accent. */
export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'sm',
  radius: { xs: '6px', sm: '6px', md: '10px', lg: '10px', xl: '10px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  colors: { dark: slate, iris, blue: sky },
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", "Cantarell", "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.25rem' }, h2: { fontSize: '0.875rem' }, h3: { fontSize: '0.8125rem' } },
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
    Modal: {
      defaultProps: { centered: true, transitionProps: { duration: 0 }, overlayProps: { backgroundOpacity: 0.4 } },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 200 } } },
    // The placeholder is a child of the menu that is no item, which axe reports.
    Menu: { defaultProps: { transitionProps: { duration: 0 }, withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 0 } } },
  },
})

/** Mantine's secondary texts fall below a contrast of 4.5 on their surfaces; these do not. */
export const readableColours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#171b21',
    '--mantine-color-default-border': '#d3d9e1',
    '--mantine-color-dimmed': '#575e66',
    '--mantine-color-placeholder': '#6a7178',
    '--mantine-color-error': '#b3261e',
  },
  dark: {
    '--mantine-color-body': '#1f2328',
    '--mantine-color-text': '#e4e7eb',
    '--mantine-color-default': '#1f2328',
    '--mantine-color-default-hover': '#2a2f36',
    '--mantine-color-default-border': '#353b44',
    '--mantine-color-dimmed': '#a0a8b3',
    '--mantine-color-placeholder': '#9098a3',
    '--mantine-color-error': '#ff8a80',
  },
})
