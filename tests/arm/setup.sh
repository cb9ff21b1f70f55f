#!/bin/sh
# Lays an ARM Debian and edgebreed's wheel with all it needs into a folder: tests/arm/setup.sh FOLDER
# Nothing is compiled: a wheel that is missing for ARM is an error. Root is needed for installing the emulator alone.
set -eu
mkdir -p "$1"
work=$(realpath "$1")
root=$work/root
apt=$work/apt

command -v qemu-aarch64-static > /dev/null || {
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends qemu-user-static
}

# Debian's Python, its OpenCV with GStreamer, and what OpenCV's wheel leaves to the system; unpacked, not installed.
if [ ! -x "$root/usr/bin/python3" ]; then
    mkdir -p "$root/proc" "$apt/lists/partial" "$apt/cache/archives/partial"
    # Mesa, which is never called here, would bring all of LLVM.
    printf '%s\n' 'Package: libglx-mesa0' 'Status: install ok installed' 'Architecture: arm64' 'Version: 99' \
        'Maintainer: none' 'Provides: libglx-vendor' 'Description: none' '' > "$apt/status"
    echo "deb http://deb.debian.org/debian bookworm main" > "$apt/sources.list"
    arm_apt() {
        apt-get -qq -y -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State="$apt" \
            -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" -o Dir::Etc::sourceparts=- \
            -o Dir::Etc::sourcelist="$apt/sources.list" -o APT::Sandbox::User=root -o Debug::NoLocking=1 \
            -o Acquire::Languages=none -o APT::Install-Recommends=0 "$@"
    }
    arm_apt update
    arm_apt install --download-only python3 libstdc++6 libgl1 libglib2.0-0 python3-opencv opencv-data > /dev/null
    for package in "$apt"/cache/archives/*.deb; do dpkg -x "$package" "$root"; done
fi
python=$(basename "$(readlink "$root/usr/bin/python3")")

# A script in place of the interpreter, so that programs which start `sys.executable` start the emulator again.
# Debian's BLAS lies where update-alternatives would point to.
cat > "$root/usr/bin/arm-python" << SCRIPT
#!/bin/sh
export QEMU_LD_PREFIX=$root PYTHONNOUSERSITE=1
export QEMU_SET_ENV=LD_LIBRARY_PATH=/usr/lib/aarch64-linux-gnu/blas:/usr/lib/aarch64-linux-gnu/lapack
exec qemu-aarch64-static -0 "\$0" $root/usr/bin/$python "\$@"
SCRIPT
chmod +x "$root/usr/bin/arm-python"

# The wheel with OpenCV's wheel and the engines, and the wheel beside Debian's OpenCV, which was built for NumPy 1.
rm -rf "$work/dist" "$work/wheels" "$work/system"
.venv/bin/python -m build --installer uv --wheel --outdir "$work/dist" > "$work/build.log" 2>&1
wheel=$(ls "$work"/dist/*.whl)
grep -v '^numpy==' constraints.txt > "$work/constraints.txt"
arm_pip() {
    .venv/bin/uv pip install --quiet --link-mode copy --only-binary :all: --constraint "$work/constraints.txt" \
        --python-version "${python#python}" --python-platform aarch64-manylinux_2_36 --target "$@"
}
arm_pip "$work/wheels" --constraint constraints.txt "${wheel}[cpu,litert,openvino,record]" \
    pytest pytest-randomly hypothesis onnx trustme scikit-image
arm_pip "$work/system" "$wheel" onnxruntime "numpy<2" pip
