{
  'variables': {
    # -Dasynctb_werror=1 is what the project's own builds use; a user's
    # compiler may know warnings that ours does not.
    'asynctb_werror%': 0,
    # -Dasynctb_coverage=1 counts which lines run: see scripts/coverage.ts.
    'asynctb_coverage%': 0,
    # Beside the package, or where scripts/build-native.mjs has put it.
    'asynctb_node_addon_api%': '<!(node scripts/build-native.mjs --print-include)',
  },
  'targets': [
    {
      'target_name': 'asynctb',
      'sources': [
        '<!@(node -p "require(\'fs\').readdirSync(\'native\').filter(f => f.endsWith(\'.cc\')).sort().map(f => \'native/\' + f).join(\' \')")',
      ],
      'include_dirs': ['native', '<(asynctb_node_addon_api)'],
      'defines': ['NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED',
        # A worker that is being terminated can throw nothing, and must not end the process for it.
        'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'],
      'cflags': [
        '-fno-omit-frame-pointer',
        '-fvisibility=hidden',
        '-Wall',
        '-Wextra',
        '-Wno-unused-parameter',
        # Warnings are about our code, not about Node's and V8's headers.
        '-isystem<(node_root_dir)/include/node',
        '-isystem<(asynctb_node_addon_api)',
      ],
      'cflags_cc!': ['-std=gnu++17', '-std=gnu++1y'],
      'cflags_cc': ['-std=gnu++20', '-fvisibility-inlines-hidden'],
      'configurations': {
        'Release': {
          'cflags!': ['-O3'],
          'cflags': ['-O2', '-g1'],
        },
      },
      'libraries': ['-ldl', '-lpthread'],
      # A binary for another Node must fail to load, not at the first call of what that Node lacks.
      'ldflags': ['-Wl,-z,now'],
      'conditions': [
        ['asynctb_werror==1', {'cflags': ['-Werror']}],
        ['asynctb_coverage==1', {
          # Several threads count, and a capture must not wait for another.
          'cflags': ['--coverage', '-fprofile-update=atomic'],
          'ldflags': ['--coverage'],
        }],
      ],
    },
  ],
}
