# Functions for scripts that install what only some tests need. Source it. Each does nothing where everything is there already,
# and ends the script with what is missing where it cannot be had.

# debian PACKAGE…: from Debian, as root.
debian() {
  command -v apt-get >/dev/null || missing "apt-get, to install $*"
  [[ -n $(not_installed "$@") ]] || return 0
  [[ $(id -u) == 0 ]] || missing "root, to install $*"
  # One at a time, since apt refuses to run twice.
  exec {lock}>"${TMPDIR:-/tmp}/metering-apt.lock"
  flock "$lock"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  exec {lock}>&-
}

not_installed() {
  # Of a package that was removed, something is known too.
  dpkg-query --show --showformat '${db:Status-Status}\n' "$@" 2>&1 | grep -vx installed || true
}

# pypi FOLDER REQUIREMENT…: from PyPI, into a virtual environment.
pypi() {
  local folder=$1
  shift
  is_installed "$folder" "$@" && return
  command -v python3 >/dev/null || missing python3
  rm -rf "$folder"
  python3 -m venv "$folder"
  # Without compiling all modules beforehand, which takes longer than the rest.
  "$folder/bin/pip" install --quiet --disable-pip-version-check --no-compile "$@"
  echo "$*" >"$folder/installed"
}

# from_npm FOLDER PACKAGE@VERSION…: from npm, into FOLDER/node_modules.
from_npm() {
  local folder=$1
  shift
  is_installed "$folder" "$@" && return
  rm -rf "$folder"
  mkdir -p "$folder"
  npm install --prefix "$folder" --no-audit --no-fund --loglevel=error "$@" >/dev/null
  echo "$*" >"$folder/installed"
}

# maven FOLDER POM: the dependencies that a file for Maven names, and what these need, from Maven Central, into FOLDER/jars.
maven() {
  local folder=$1 pom=$2
  cmp --silent "$pom" "$folder/installed" && return
  command -v mvn >/dev/null || missing "mvn (Maven)"
  rm -rf "$folder"
  mvn --batch-mode --quiet --file "$pom" dependency:copy-dependencies \
    -DincludeScope=runtime "-DoutputDirectory=$folder/jars" >&2
  cp "$pom" "$folder/installed"
}

is_installed() {
  local folder=$1
  shift
  [[ $(cat "$folder/installed" 2>/dev/null) == "$*" ]]
}

# missing WHAT: says so, and ends the script.
missing() {
  echo "missing: $*" >&2
  exit 1
}
