#!/usr/bin/env node
// The command's first file: syntax that every Node with ES modules reads, so that an older one gets a sentence instead
// of a stack trace. `main.js` is main.ts, compiled beside this file by "npm run build".
var floor = [24, 7]
var found = process.versions.node.split('.').map(Number)

if (found[0] < floor[0] || (found[0] === floor[0] && found[1] < floor[1])) {
  process.stderr.write('mailbox: needs Node ' + floor.join('.') + ' or newer, found ' + process.versions.node + '\n')
  process.exitCode = 1
} else {
  import('./main.js').then(function (command) {
    return command.run()
  })
}
