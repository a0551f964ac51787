import eslint from '@eslint/js'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

const errorClass = {
  selector: ':matches(ClassDeclaration, ClassExpression)[superClass.name=/Error$/]',
  message: 'One error class: MailboxError of src/errors.ts, with a code of its table.'
}
const emptyCatch = {
  selector: 'CatchClause[body.body.length=0]',
  message: 'A catch handles the error, returns or rethrows; a comment alone swallows it.'
}
const emptyCatchCallback = {
  selector:
    'CallExpression[callee.property.name="catch"] > :matches(ArrowFunctionExpression, FunctionExpression)[body.type="BlockStatement"][body.body.length=0]',
  message: 'An empty .catch() swallows the error.'
}
const processExit = {
  selector: 'CallExpression[callee.object.name="process"][callee.property.name=/^(exit|abort|reallyExit)$/]',
  message: 'Only src/cli ends the process.'
}

export default defineConfig(
  { ignores: ['dist/', '.bench/', 'src/wire/messages.js', 'src/wire/messages.d.ts'] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'src/cli/mailbox.js'] },
        tsconfigRootDir: import.meta.dirname
      }
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always'],
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', 70],
      'no-console': 'error',
      'no-restricted-syntax': ['error', errorClass, emptyCatch, emptyCatchCallback, processExit],
      'object-shorthand': ['error', 'properties'],
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // node:test runs what test() registers; its promise is for nested tests
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              package: 'node:test',
              name: ['test', 'it', 'describe', 'suite', 'before', 'after', 'beforeEach', 'afterEach']
            }
          ]
        }
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
      // an interface asks for a promise, an implementation may have nothing to wait for
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }]
    }
  },
  {
    files: ['src/errors.ts'],
    rules: { 'no-restricted-syntax': ['error', emptyCatch, emptyCatchCallback, processExit] }
  },
  {
    files: ['src/cli/**'],
    rules: { 'no-restricted-syntax': ['error', errorClass, emptyCatch, emptyCatchCallback] }
  },
  {
    files: ['config/**', 'examples/**', 'test/bench/**'],
    rules: {
      'no-console': 'off',
      'no-restricted-syntax': ['error', errorClass, emptyCatch, emptyCatchCallback]
    }
  },
  {
    // a table of names and numbers
    files: ['src/limits.ts'],
    rules: { 'max-lines': 'off' }
  },
  {
    // the length of a test is measured by test/repo/shape.test.ts, which knows what a describe() block is
    files: ['test/**'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off'
    }
  },
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly' } }
  }
)
