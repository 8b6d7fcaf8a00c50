{
  # Not at the package's root: there, pnpm before 10 and yarn before 4 would compile it when somebody
  # installs the package. scripts/build-native.mjs runs node-gyp here.
  'variables': {
    # -Dasynctb_werror=1 is what the project's own builds use; a user's
    # compiler may know warnings that ours does not.
    'asynctb_werror%': 0,
    # -Dasynctb_coverage=1 counts which lines run: see scripts/coverage.ts.
    'asynctb_coverage%': 0,
    # -Dasynctb_release=1: no path of this machine gets into the binary.
    'asynctb_release%': 0,
    # Beside the package, or where scripts/build-native.mjs has put it.
    'asynctb_node_addon_api%': '<!(node ../scripts/build-native.mjs --print-include)',
  },
  'targets': [
    {
      'target_name': 'asynctb',
      'sources': ['<!@(node ../scripts/build-native.mjs --print-sources)'],
      'include_dirs': ['.', '<(asynctb_node_addon_api)'],
      'defines': ['NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED',
        # A worker that is being terminated can throw nothing, and must not end the process for it.
        'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'],
      'cflags': [
        '-fno-omit-frame-pointer',
        '-fvisibility=hidden',
        '-fstack-protector-strong',
        '-fstack-clash-protection',
        '-U_FORTIFY_SOURCE',
        '-D_FORTIFY_SOURCE=3',
        '-Wall',
        '-Wextra',
        '-Wno-unused-parameter',
        # Warnings are about our code, not about Node's and V8's headers.
        '-isystem<(node_root_dir)/include/node',
        '-isystem<(asynctb_node_addon_api)',
      ],
      # Containers throw when there is no memory: enough_memory.h.
      'cflags_cc!': ['-std=gnu++17', '-std=gnu++1y', '-fno-exceptions'],
      'cflags_cc': [
        '-std=gnu++20',
        '-fexceptions',
        '-fvisibility-inlines-hidden',
        '-include', 'base/platform/libc_compat.h',
      ],
      'configurations': {
        'Release': {
          'cflags!': ['-O3'],
          'cflags': ['-O2', '-g1'],
        },
      },
      'libraries': ['-ldl', '-lpthread'],
      'ldflags': [
        # A binary for another Node must fail to load, not at the first call of what that Node lacks.
        '-Wl,-z,now',
        '-Wl,-z,relro',
        '-Wl,-z,noexecstack',
        # Node unloads an addon with the last environment that has loaded it, a worker's for example.
        '-Wl,-z,nodelete',
        '-Wl,--exclude-libs,ALL',
        # Relative to where make runs: a folder's name may have spaces in it.
        '-Wl,--version-script=../exports.ver',
      ],
      'conditions': [
        ['target_arch=="x64"', {
          'cflags': ['-fcf-protection=full'],
          # Said outright, as the C library's own first and last object files may not say it.
          'ldflags': ['-Wl,-z,shstk'],
        }],
        ['target_arch=="arm64"', {'cflags': ['-mbranch-protection=standard']}],
        ['asynctb_werror==1', {'cflags': ['-Werror']}],
        ['asynctb_release==1', {
          'cflags': [
            '-ffile-prefix-map=<(module_root_dir)=native',
            '-ffile-prefix-map=<(node_root_dir)=node',
            '-ffile-prefix-map=<(asynctb_node_addon_api)=node-addon-api',
          ],
          # It would be that of a file with debugging information, which is not shipped.
          'ldflags': ['-Wl,--build-id=none'],
        }],
        ['asynctb_coverage==1', {
          # Several threads count, and a capture must not wait for another.
          'cflags': ['--coverage', '-fprofile-update=atomic'],
          'ldflags': ['--coverage'],
        }],
      ],
    },
  ],
}
